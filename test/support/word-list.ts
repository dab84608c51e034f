/**
 * Words and phrases that are refused in comments, strings, names and documentation, and what to write instead. Read by
 * test/words.test.ts; docs/glossary.md has the words that are wanted.
 */
export interface Refused {
  /** Matched in the text of a comment, a string or a paragraph, and in a name whose words are separated by blanks. */
  readonly pattern: RegExp
  readonly instead: string
}

export const refusedWords: readonly Refused[] = [
  { pattern: /\bshall\b/i, instead: 'must or should, or the present tense' },
  { pattern: /\bnobody\b(?!-to-ask|:)/i, instead: 'no one, or the passive voice' },
  { pattern: /\bsomebody\b/i, instead: 'someone, another user, another process' },
  { pattern: /\beverybody\b/i, instead: 'everyone, every user, all' },
  { pattern: /\btold\b/i, instead: 'reported, given, set; "by default" for "unless told"' },
  { pattern: /\bmend(?:s|ed|ing)?\b/i, instead: 'fix, repair' },
  { pattern: /\banew\b/i, instead: 'again, a new …' },
  { pattern: /\bforet(?:ell|ells|elling|old)\b/i, instead: 'predict' },
  {
    pattern:
      /(?<!\b(?:leave|leaves|left|leaving)\b[^.;]{0,40})\bbehind\b(?! (?:(?:a|the) (?:proxy|load balancer|firewall)|haproxy))/i,
    instead: 'after',
  },
  { pattern: /\bwhole\b/i, instead: 'entire, complete, all; healthy for a cluster' },
  { pattern: /\bsmooth(?:ly)?\b/i, instead: 'success, without errors' },
  {
    pattern: /(?<!\bthere )\b(?:is|are|was|were) no (?!longer\b|more\b|such\b|one\b|different\b)(?=\w)/i,
    instead: '"is not a …"',
  },
  { pattern: /\b(?:has|have|had) none\b/i, instead: '"does not have one"' },
  { pattern: /\bparted by\b/i, instead: 'separated; "comma-separated"' },
  { pattern: /\bha(?:ve|s) it otherwise\b|\btold otherwise\b|\bsays? otherwise\b/i, instead: 'by default' },
  { pattern: /\bas it should be\b/i, instead: 'correct, up to date' },
  { pattern: /\bfor want of\b/i, instead: '"because … is missing"' },
  { pattern: /\b(?:brings?|brought|bringing) about\b/i, instead: 'make, cause, create' },
  { pattern: /\b(?:is|are|was|were) done with\b/i, instead: 'finished, ended' },
  { pattern: /\b(?:lies|lay) (?:in|at|on|below|beside|above|there)\b/i, instead: 'is' },
  { pattern: /\bst(?:ands?|ood)\b(?!-| for\b| in for\b|s? still\b)/i, instead: 'is' },
  { pattern: /(?:^|[.:;] |\/\*\* )Holds?\b(?! packages)/, instead: 'Sets, Creates, Ensures' },
  { pattern: /\bwhat is not\b/i, instead: 'name the thing: "a name that is not a …"' },
  { pattern: /\bails?\b/i, instead: 'what is wrong with' },
  {
    pattern: /\b(?:Never|Nowhere|Not|Nor) (?:is|are|was|were|does|do|has|have) \w/,
    instead: 'subject first',
  },
  { pattern: /\b(?:thereof|therein|whosoever|hitherto|hence)\b/i, instead: 'the common word' },
  { pattern: /\brest(?:s|ed)? on\b/i, instead: 'depends on' },
  { pattern: /\b(?:is|are) well\b(?! known)/i, instead: 'is healthy, is correct, "nothing to do"' },
  { pattern: /\btruth values?\b/i, instead: 'boolean' },
  { pattern: /\bdefects? (?:of|in) coxswain\b/i, instead: 'a bug in Coxswain' },
  { pattern: /\bmay not\b/i, instead: 'must not, cannot, "might not"' },
  { pattern: /\bplease\b/i, instead: 'the imperative' },
  { pattern: /\bstill not so\b/i, instead: 'timed out' },
  { pattern: /\bgoes without\b/i, instead: 'does not have, does not use' },
  { pattern: /\bis so no more\b|\bno more\b(?! than\b)/i, instead: 'no longer' },
]

/** The refused words in a text, each with the text around it and its replacement. */
export const refusalsOf = (text: string): string[] =>
  refusedWords.flatMap(({ pattern, instead }) => {
    const found = pattern.exec(text)
    return found === null
      ? []
      : [`"${text.slice(Math.max(0, found.index - 30), found.index + 40).trim()}" → ${instead}`]
  })
