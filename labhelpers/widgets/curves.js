// Curves over steps or epochs, as an SVG in the page's colours.

const SPACE = "http://www.w3.org/2000/svg";
const HUES = ["#0072b2", "#d55e00", "#009e73", "#c0689a"], DASHES = ["", "6 3", "2 2.5", "8 3 2 3"];

function shape(tag, given, ...children) {
  const element = document.createElementNS(SPACE, tag);
  for (const [name, value] of Object.entries(given)) element.setAttribute(name, value);
  element.append(...children);
  return element;
}

const terse = (value) => (value >= 0.01 && value < 10000 ? String(Number(value.toPrecision(2))) : value.toExponential(0).replace("e+", "e").replace("-", "\u2212"));

// curves({ title, across }): draw([{ name, values, from, every = 1 }], mark) shows values at from,
// from + every, ... on a logarithmic scale, with a line at mark.
export function curves({ title, across, wide = 360, high = 230 }) {
  const svg = shape("svg", { viewBox: `0 0 ${wide} ${high}`, role: "img", class: "labs-curves", "aria-label": title });
  const [left, top, right, bottom] = [46, 10 + 16, wide - 8, high - 34];
  function draw(lines, mark) {
    const values = lines.flatMap((line) => line.values).filter((value) => Number.isFinite(value) && value > 0);
    const lowest = Math.max(Math.min(...values), Math.max(...values) * 1e-8);
    let [low, high10] = values.length ? [Math.log10(lowest), Math.log10(Math.max(...values))] : [-1, 0];
    if (high10 - low < 0.3) [low, high10] = [low - 0.15, high10 + 0.15];
    const first = Math.min(...lines.map((line) => line.from)), last = Math.max(...lines.map(({ values, from, every = 1 }) => from + (values.length - 1) * every), first + 1);
    const x = (step) => left + ((step - first) / (last - first)) * (right - left);
    const y = (value) => bottom - ((Math.max(Math.log10(value), low) - low) / (high10 - low)) * (bottom - top);
    svg.replaceChildren();
    const text = (string, given) => svg.append(shape("text", { fill: "currentColor", "font-size": 12, ...given }, string));
    const ticks = [];
    const jump = Math.max(Math.ceil((high10 - low) / 5), 1);
    for (let power = Math.ceil(low); power <= high10; power += jump) ticks.push(10 ** power);
    if (ticks.length < 2) ticks.splice(0, 2, 10 ** low, 10 ** ((low + high10) / 2), 10 ** high10);
    for (const value of ticks) {
      svg.append(shape("path", { d: `M${left} ${y(value)}H${right}`, stroke: "currentColor", "stroke-opacity": 0.2 }));
      text(terse(value), { x: left - 5, y: y(value) + 4, "text-anchor": "end" });
    }
    for (const step of new Set([first, Math.round((first + last) / 2), last])) text(String(step), { x: x(step), y: bottom + 15, "text-anchor": step === last ? "end" : "middle" });
    text(across, { x: (left + right) / 2, y: high - 4, "text-anchor": "middle" });
    if (mark !== undefined) svg.append(shape("path", { d: `M${x(mark)} ${top}V${bottom}`, stroke: "currentColor", "stroke-width": 1.5, class: "labs-mark" }));
    let start = left;
    lines.forEach(({ name, values: line, from, every = 1 }, k) => {
      const look = { stroke: HUES[k % 4], "stroke-width": 2, "stroke-dasharray": DASHES[k % 4], fill: "none" };
      let d = "", pen = "M";
      line.forEach((value, i) => {
        if (!Number.isFinite(value)) { pen = "M"; return; }
        d += `${pen}${x(from + i * every).toFixed(1)} ${y(value).toFixed(1)}`;
        pen = "L";
      });
      svg.append(shape("path", { d: `${d || "M0 0"}h2`, ...look }), shape("path", { d: `M${start} 10h22`, ...look }));
      text(name, { x: start + 26, y: 14 });
      start += 40 + 6.6 * name.length;
    });
  }
  return { element: svg, draw, say: (told) => svg.setAttribute("aria-label", `${title}: ${told}`) };
}
