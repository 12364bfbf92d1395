#!/usr/bin/env node
// dist/bin/main.js, which the command starts with: runs the bundle of main.ts.
import { openBundle } from './code-cache.ts';

openBundle(new URL('.', import.meta.url)).run();
