// The YAML parser is its own bundle, loaded when the first file is read or written.
export { isMap, isSeq, parse, parseDocument } from 'yaml';
