// What is read and written as YAML: a bundle of its own, loaded when the first file needs it.
export { isMap, isSeq, parse, parseDocument } from 'yaml';
