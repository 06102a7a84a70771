/** @file What predictions are worth: accuracies, per-class figures, confusion, calibration. */

export interface ClassMetrics {
  name: string;
  /** Images of the class. */
  support: number;
  /** Of the images called so, the fraction that are. */
  precision: number;
  /** Of the images that are, the fraction called so: the class's accuracy. */
  recall: number;
  f1: number;
}

/** All fractions; accuracies and errors on one set of images. */
export interface ClassificationMetrics {
  accuracy: number;
  /** Mean recall of the classes that occur. */
  balancedAccuracy: number;
  /** The label is among the five most probable classes; 1 with five classes or fewer. */
  top5: number;
  /** Mean negative log-likelihood of the label, in nats. */
  negativeLogLikelihood: number;
  /** Expected calibration error, 15 bins of equal width (Guo et al. 2017). */
  calibrationError: number;
  perClass: ClassMetrics[];
  /** [label][predicted class]: counts. */
  confusion: number[][];
}

const CALIBRATION_BINS = 15;
/** Of a probability, when its logarithm is taken: the smallest that float32 distinguishes from nothing, nearly. */
const SMALLEST = 1e-12;

/** The most probable class of each row; of equal ones the first. */
export function predictedClasses(probabilities: Float32Array, classes: number): Int32Array {
  return Int32Array.from({ length: probabilities.length / classes }, (_, i) => {
    const row = probabilities.subarray(i * classes, (i + 1) * classes);
    let best = 0;
    for (let c = 1; c < classes; c++) if (row[c] > row[best]) best = c;
    return best;
  });
}

/** The fraction of rows of `scores` [labels.length, classes] whose largest entry is at the label. */
export function accuracyOf(scores: Float32Array, labels: Int32Array): number {
  const predicted = predictedClasses(scores, scores.length / labels.length);
  return labels.reduce((correct, label, i) => correct + Number(predicted[i] === label), 0) / labels.length;
}

/** @param probabilities [labels.length, classes.length], rows that sum to 1 */
export function classificationMetrics(
  probabilities: Float32Array,
  labels: Int32Array,
  classes: readonly string[],
): ClassificationMetrics {
  const predicted = predictedClasses(probabilities, classes.length);
  const confusion = classes.map(() => classes.map(() => 0));
  let [inTop5, logLikelihood] = [0, 0];
  labels.forEach((label, i) => {
    confusion[label][predicted[i]]++;
    const row = probabilities.subarray(i * classes.length, (i + 1) * classes.length);
    // Ties count as the sort of numpy or PyTorch would have them: classes that come first go first.
    const ahead = row.reduce(
      (sum, p, c) => sum + Number(p > row[label] || (p === row[label] && c < label)),
      0,
    );
    if (ahead < 5) inTop5++;
    logLikelihood += Math.log(Math.max(row[label], SMALLEST));
  });
  const perClass = classes.map((name, c) => classMetrics(name, confusion, c));
  const occurring = perClass.filter(({ support }) => support > 0);
  return {
    accuracy: sum(confusion.map((row, c) => row[c])) / labels.length,
    balancedAccuracy: sum(occurring.map(({ recall }) => recall)) / occurring.length,
    top5: inTop5 / labels.length,
    negativeLogLikelihood: -logLikelihood / labels.length,
    calibrationError: calibrationError(probabilities, labels, predicted),
    perClass,
    confusion,
  };
}

function classMetrics(name: string, confusion: number[][], c: number): ClassMetrics {
  const correct = confusion[c][c];
  const support = sum(confusion[c]);
  const called = sum(confusion.map((row) => row[c]));
  const ratio = (part: number, whole: number) => (whole === 0 ? 0 : part / whole);
  return {
    name,
    support,
    precision: ratio(correct, called),
    recall: ratio(correct, support),
    f1: ratio(2 * correct, support + called),
  };
}

/** Mean distance between confidence and accuracy over bins of confidence, weighted by the images in them. */
function calibrationError(probabilities: Float32Array, labels: Int32Array, predicted: Int32Array): number {
  const classes = probabilities.length / labels.length;
  const gap = new Float64Array(CALIBRATION_BINS);
  labels.forEach((label, i) => {
    const confidence = probabilities[i * classes + predicted[i]];
    // Bins are open below and closed above, as in Guo et al.'s code.
    const bin = Math.min(CALIBRATION_BINS - 1, Math.max(0, Math.ceil(confidence * CALIBRATION_BINS) - 1));
    gap[bin] += confidence - Number(predicted[i] === label);
  });
  return gap.reduce((total, value) => total + Math.abs(value), 0) / labels.length;
}

const sum = (values: readonly number[]) => values.reduce((total, value) => total + value, 0);
