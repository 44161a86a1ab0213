// One dense layer with softmax that learns, by the formulas of Keras.
//
// An image is a row of numbers x, in an array of its own. Each class k has a row of weights w_k and
// a bias b_k:
//
//   score        s_k = w_k . x + b_k
//   probability  p_k = exp(s_k) / (exp(s_0) + exp(s_1) + ...)
//   loss         -ln p_y, with y the label: the class that is right
//
// All parameters stand in one Float32Array: the weights of class 0, those of class 1, and so on,
// then the biases. A gradient has the same order. In a Float64Array the same is computed with more
// digits: long steps, which make the loss leap, make much of a rounding after a hundred of them.

const AT_ONCE = 4; // images; one after the other, they would take twice the time

export function makeLearner({ parameters, inputs, classes, optimizer, decay = 0 }) {
  const gradient = makeZeros(parameters);
  const blank = makeZeros(parameters.subarray(0, inputs));
  const rowsOf = (all) => Array.from({ length: classes }, (_, k) => all.subarray(k * inputs, (k + 1) * inputs));
  const weights = rowsOf(parameters);
  const biases = parameters.subarray(inputs * classes);
  const weightGradients = rowsOf(gradient);
  const biasGradients = gradient.subarray(inputs * classes);
  let steps = 0;

  // Scores of images: scores[image][k].
  function score(images) {
    const scores = images.map(() => new Float64Array(classes));
    for (let first = 0; first < images.length; first += AT_ONCE) {
      const four = takeFour(images, first, blank);
      for (let k = 0; k < classes; k++) {
        multiplyFour(weights[k], four).forEach((product, i) => {
          if (first + i < images.length) scores[first + i][k] = product + biases[k];
        });
      }
    }
    return scores;
  }

  return {
    // One step on a batch of images. Returns their mean loss before the step, as Keras does.
    learn(images, labels, rate) {
      const scores = score(images);
      let total = 0;
      // The slope of the loss along the score s_k is p_k, less 1 for the class that is right.
      const slopes = scores.map((given, image) => {
        const { probabilities, loss } = judge(given, labels[image]);
        total += loss;
        probabilities[labels[image]] -= 1;
        return probabilities.map((slope) => slope / images.length);
      });
      gradient.fill(0);
      for (let k = 0; k < classes; k++) {
        for (let first = 0; first < images.length; first += AT_ONCE) {
          const factors = Array.from({ length: AT_ONCE }, (_, i) => slopes[first + i]?.[k] ?? 0);
          addFour(weightGradients[k], factors, takeFour(images, first, blank));
        }
        biasGradients[k] = slopes.reduce((sum, slope) => sum + slope[k], 0);
      }
      optimizer(gradient, rate / (1 + decay * steps));
      steps += 1;
      return total / images.length;
    },

    // Mean loss of images, and the share that is right; nothing is learned.
    evaluate(images, labels) {
      let total = 0;
      let right = 0;
      score(images).forEach((given, image) => {
        const { loss, isRight } = judge(given, labels[image]);
        total += loss;
        right += isRight ? 1 : 0;
      });
      return { loss: total / images.length, score: right / images.length };
    },
  };
}

// Softmax and cross-entropy of one image's scores.
function judge(scores, label) {
  // Without the largest score taken away, a power could be too large for a number.
  const largest = Math.max(...scores);
  const powers = scores.map((score) => Math.exp(score - largest));
  const sum = powers.reduce((all, power) => all + power, 0);
  return {
    probabilities: powers.map((power) => power / sum),
    loss: Math.log(sum) + largest - scores[label],
    isRight: scores.indexOf(largest) === label,
  };
}

const takeFour = (images, first, blank) => Array.from({ length: AT_ONCE }, (_, i) => images[first + i] ?? blank);

// The products of a row of weights with four images.
function multiplyFour(row, [a, b, c, d]) {
  let sumA = 0;
  let sumB = 0;
  let sumC = 0;
  let sumD = 0;
  for (let i = 0; i < row.length; i++) {
    const weight = row[i];
    sumA += weight * a[i];
    sumB += weight * b[i];
    sumC += weight * c[i];
    sumD += weight * d[i];
  }
  return [sumA, sumB, sumC, sumD];
}

// Adds multiples of four images to a row.
function addFour(row, [p, q, r, s], [a, b, c, d]) {
  for (let i = 0; i < row.length; i++) row[i] += p * a[i] + q * b[i] + r * c[i] + s * d[i];
}

const makeZeros = (like) => new like.constructor(like.length);

// Each optimiser changes the parameters that it was made for: optimizer(gradient, rate).

// Adam: every parameter moves by about the rate, whatever the size of its gradient.
export function makeAdam(parameters, { beta1 = 0.9, beta2 = 0.999, epsilon = 1e-7 } = {}) {
  const mean = makeZeros(parameters);
  const meanSquare = makeZeros(parameters);
  let steps = 0;
  return (gradient, rate) => {
    steps += 1;
    // Both means begin at 0, and so are too small at first: this corrects them.
    const corrected = rate * Math.sqrt(1 - beta2 ** steps) / (1 - beta1 ** steps);
    for (let i = 0; i < parameters.length; i++) {
      const g = gradient[i];
      mean[i] += (1 - beta1) * (g - mean[i]);
      meanSquare[i] += (1 - beta2) * (g * g - meanSquare[i]);
      parameters[i] -= corrected * mean[i] / (Math.sqrt(meanSquare[i]) + epsilon);
    }
  };
}

// Gradient descent. Momentum keeps a share of the last step; Nesterov's form looks one step ahead.
export function makeSgd(parameters, { momentum = 0, nesterov = false } = {}) {
  const velocity = makeZeros(parameters);
  return (gradient, rate) => {
    for (let i = 0; i < parameters.length; i++) {
      const move = -rate * gradient[i];
      velocity[i] = momentum * velocity[i] + move;
      parameters[i] += nesterov ? momentum * velocity[i] + move : velocity[i];
    }
  };
}
