#!/usr/bin/env node
'use strict';

// In words that every Node can read, so that an old one says what is needed instead of what it can't parse.
var needed = 24;
var words = [
  'kube-events-loki needs Node.js',
  needed,
  'or newer; this is',
  process.version,
  'of',
  process.execPath,
];

if (parseInt(process.versions.node, 10) < needed) {
  console.error(words.join(' '));
  process.exitCode = 1;
} else {
  require('./start.cjs');
}
