// Strips: many pictures of one size in one WebP picture, read back pixel by pixel.

const LEVELS = 31, STEP = 4; // as strips.py packs signed values

// openStrip(bytes, { width, height, count }) -> { bitmap, place(i), greys(i), signed(i, limit) };
// greys are 0 to 255, signed values from -limit to limit.
export async function openStrip(bytes, { width, height, count }) {
  if (!bytes?.byteLength) throw new Error("its pictures are missing");
  let bitmap;
  try {
    bitmap = await createImageBitmap(new Blob([bytes], { type: "image/webp" }), { colorSpaceConversion: "none" });
  } catch {
    throw new Error("its pictures are cut short, or this browser cannot read them");
  }
  const across = Math.floor(bitmap.width / width), down = Math.floor(bitmap.height / height);
  if (across * down < count) throw new Error("its pictures are cut short");
  const place = (i) => [(i % across) * width, Math.floor(i / across) * height];
  let pen;
  function greys(i) {
    if (!pen) {
      const canvas = Object.assign(document.createElement("canvas"), { width: bitmap.width, height: bitmap.height });
      pen = canvas.getContext("2d", { willReadFrequently: true });
      pen.drawImage(bitmap, 0, 0);
    }
    const { data } = pen.getImageData(...place(i), width, height);
    return Float32Array.from({ length: width * height }, (_, k) => data[4 * k]);
  }
  const signed = (i, limit) => greys(i).map((grey) => ((grey / STEP - LEVELS) / LEVELS) * limit);
  return { bitmap, place, greys, signed };
}
