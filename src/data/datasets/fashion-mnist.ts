/**
 * @file Fashion-MNIST (Xiao, Rasul and Vollgraf 2017, https://arxiv.org/abs/1708.07747), whole and the part that comes
 * with the project. Its grey images of 28x28 get a border of two zeros and their value in all three channels, which
 * makes them 32x32 RGB: the size that encoders with the CIFAR stem and augmentations of CIFAR expect.
 */
import { join } from 'node:path';
import { PROJECT_ROOT } from '../../files.js';
import type { Archive, Dataset, Parts } from './dataset.js';
import { hasIdxFiles, readIdxSet } from './idx.js';

const SIDE = 32;
const CLASSES = [
  'T-shirt/top',
  'trouser',
  'pullover',
  'dress',
  'coat',
  'sandal',
  'shirt',
  'sneaker',
  'bag',
  'ankle boot',
];
const FOLDER = 'fashion-mnist';
const BUNDLED_FOLDER = join(PROJECT_ROOT, 'assets', 'fashion-mnist');
/** Of Debian's package dataset-fashion-mnist. */
const DEBIAN_FOLDER = '/usr/share/datasets/fashion-mnist';

/** All 70,000 images. */
export const fashionMnist: Dataset = {
  name: 'fashion-mnist',
  description: 'Fashion-MNIST: 60,000 + 10,000 grey images of 10 kinds of clothing, 28x28 padded to 32x32',
  layout: `the four files train-images-idx3-ubyte.gz, ... in ${FOLDER}/ (Debian: apt-get install dataset-fashion-mnist)`,
  archives: [
    archive('train-images-idx3-ubyte.gz', '8d4fb7e6c68d591d4c3dfef9ec88bf0d'),
    archive('train-labels-idx1-ubyte.gz', '25c81989df183df01b3e8a0aad5dffbe'),
    archive('t10k-images-idx3-ubyte.gz', 'bef4ecab320f06d8554ea6380940ec79'),
    archive('t10k-labels-idx1-ubyte.gz', 'bb300cfdad3c16e7a12a480ee83cd310'),
  ],
  locate: (dataDir) =>
    // The second place is where torchvision puts them.
    [join(dataDir, FOLDER), join(dataDir, 'FashionMNIST', 'raw'), dataDir, DEBIAN_FOLDER].find(hasIdxSet),
  read: (folder) => read('fashion-mnist', folder),
};

/** The bundled 22,000 images: always there. */
export const fashionMnistMini: Dataset = {
  name: 'fashion-mnist-mini',
  description: 'bundled with the project: 20,000 + 2,000 images of Fashion-MNIST, as many of each class',
  layout: BUNDLED_FOLDER,
  archives: [],
  locate: () => BUNDLED_FOLDER,
  read: (folder) => read('fashion-mnist-mini', folder),
};

function archive(file: string, md5: string): Archive {
  const url = `http://fashion-mnist.s3-website.eu-central-1.amazonaws.com/${file}`;
  return { url, md5, folder: FOLDER, format: 'file' };
}

const hasIdxSet = (folder: string): boolean => hasIdxFiles(folder, 'train') && hasIdxFiles(folder, 't10k');

const read = (name: string, folder: string): Parts => ({
  train: readIdxSet(name, CLASSES, folder, 'train', SIDE),
  test: readIdxSet(name, CLASSES, folder, 't10k', SIDE),
});
