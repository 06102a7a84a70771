/**
 * @file Registers the gradients of TensorFlow.js's ops. tfjs-core's Node build has none, and its own registration
 * module cannot be loaded in Node (ES module syntax in a CommonJS package); tfjs-layers registers them as it loads.
 */
import '@tensorflow/tfjs-layers';
