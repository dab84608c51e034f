/** Whether a word of the command line is the path of a playbook or task file. */
export const looksLikeFile = (target: string): boolean => /[/\\]|\.m?[jt]s(#|$)/.test(target)
