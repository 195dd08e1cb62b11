#!/usr/bin/env node
'use strict';
// V8 compiles the SQL grammar's one giant function a second time in the
// background, and no process ends before that is done: half of a short run, won
// back only by some thousand files. First of all, as code is cached by flags.
require('node:v8').setFlagsFromString('--liftoff-only');
require('./compile-cache.js');
require('../dist/cli.cjs');
