// The evaluator, put together.
import { BUILTINS } from './builtins/table.ts';
import type { Evaluator } from './evaluator.ts';
import { executeAndOr, executeCommand, executeList } from './execute.ts';
import { expandParts, expandPattern, expandText, expandWords } from './expand.ts';
import { startProgram } from './program.ts';
import { evaluateText, runScriptText } from './script.ts';
import { runWords } from './simple.ts';

export const EVALUATOR: Evaluator = {
  list: executeList,
  andOr: executeAndOr,
  command: executeCommand,
  words: runWords,
  text: evaluateText,
  script: runScriptText,
  expandText,
  expandWords,
  expandPattern,
  expandParts,
  program: startProgram,
  builtins: BUILTINS,
};
