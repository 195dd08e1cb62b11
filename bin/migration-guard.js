#!/usr/bin/env node
'use strict';
require('./compile-cache.js');
require('../dist/cli.cjs');
