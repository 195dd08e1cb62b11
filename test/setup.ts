// Parsers are chunks of their own in the build; from source they are handed over here.
import { javascriptChunk } from '../src/parsers/javascript/index.js';
import { registerChunk } from '../src/parsers/load.js';
import { pythonChunk } from '../src/parsers/python/index.js';
import { sqlChunk } from '../src/parsers/sql/index.js';

registerChunk('sql', sqlChunk);
registerChunk('javascript', javascriptChunk);
registerChunk('python', pythonChunk);
