// One dense layer with softmax that learns, by the formulas of Keras.
//
// An image is a row of numbers x. Each class k has a row of weights w_k and a bias b_k:
//
//   score        s_k = w_k . x + b_k
//   probability  p_k = exp(s_k) / (exp(s_0) + exp(s_1) + ...)
//   loss         -ln p_y, with y the label: the class that is right
//
// All parameters stand in one Float32Array: the weights of class 0, those of class 1, and so on,
// then the biases. A gradient has the same order. In a Float64Array the same is computed with more
// digits: long steps, which make the loss leap, make much of a rounding after a hundred of them.

export function makeLearner({ parameters, inputs, classes, optimizer, decay = 0 }) {
  const firstBias = inputs * classes;
  const gradient = makeZeros(parameters);
  const probabilities = new Float64Array(classes);
  let steps = 0;

  // Fills in the probabilities for one image: its loss, and whether the likeliest class is right.
  function answer(images, image, label) {
    for (let k = 0; k < classes; k++) {
      const score = dot(parameters, k * inputs, images, image * inputs, inputs);
      probabilities[k] = score + parameters[firstBias + k];
    }
    const scoreOfLabel = probabilities[label];
    const largest = Math.max(...probabilities);
    const isRight = probabilities.indexOf(largest) === label;
    let sum = 0;
    for (let k = 0; k < classes; k++) {
      // Without the largest score taken away, the power could be too large for a number.
      probabilities[k] = Math.exp(probabilities[k] - largest);
      sum += probabilities[k];
    }
    for (let k = 0; k < classes; k++) probabilities[k] /= sum;
    return { loss: Math.log(sum) + largest - scoreOfLabel, isRight };
  }

  return {
    // One step on a batch, a list of places in images and labels. Returns the batch's mean loss
    // before the step, as Keras does.
    learn(images, labels, batch, rate) {
      let total = 0;
      gradient.fill(0);
      for (const image of batch) {
        const label = labels[image];
        total += answer(images, image, label).loss;
        for (let k = 0; k < classes; k++) {
          // The slope of the loss along the score s_k is p_k, less 1 for the class that is right.
          const slope = (probabilities[k] - (k === label ? 1 : 0)) / batch.length;
          addMultiple(gradient, k * inputs, slope, images, image * inputs, inputs);
          gradient[firstBias + k] += slope;
        }
      }
      optimizer(gradient, rate / (1 + decay * steps));
      steps += 1;
      return total / batch.length;
    },

    // Mean loss of many images, and the share that is right; nothing is learned.
    evaluate(images, labels) {
      let total = 0;
      let right = 0;
      for (let image = 0; image < labels.length; image++) {
        const { loss, isRight } = answer(images, image, labels[image]);
        total += loss;
        right += isRight ? 1 : 0;
      }
      return { loss: total / labels.length, score: right / labels.length };
    },
  };
}

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

// The product of two rows. Four sums side by side take a third of the time of one.
function dot(a, startA, b, startB, count) {
  let sum0 = 0;
  let sum1 = 0;
  let sum2 = 0;
  let sum3 = 0;
  let i = 0;
  for (; i + 3 < count; i += 4) {
    sum0 += a[startA + i] * b[startB + i];
    sum1 += a[startA + i + 1] * b[startB + i + 1];
    sum2 += a[startA + i + 2] * b[startB + i + 2];
    sum3 += a[startA + i + 3] * b[startB + i + 3];
  }
  for (; i < count; i++) sum0 += a[startA + i] * b[startB + i];
  return sum0 + sum1 + sum2 + sum3;
}

const makeZeros = (like) => new like.constructor(like.length);

function addMultiple(total, startTotal, factor, row, startRow, count) {
  for (let i = 0; i < count; i++) total[startTotal + i] += factor * row[startRow + i];
}
