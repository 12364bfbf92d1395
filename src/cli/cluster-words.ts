// `--cluster a.yaml b.yaml FROM TO`: an option of several values would take what follows it as well.

const RESOURCE_FILE = /\.(ya?ml|json)$/i;
const OPTION = '--cluster';

/** The same words with `--cluster` before each file of resources that follows one. */
export function expandClusterPaths(words: readonly string[]): string[] {
  const expanded: string[] = [];
  let follows = false;
  for (const [i, word] of words.entries()) {
    const isValue = words[i - 1] === OPTION;
    if (follows && !isValue && RESOURCE_FILE.test(word)) expanded.push(OPTION);
    else if (!isValue) follows = word === OPTION || word.startsWith(`${OPTION}=`);
    expanded.push(word);
  }
  return expanded;
}
