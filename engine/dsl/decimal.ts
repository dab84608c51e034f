/** A number as a person writes it. `Number` also takes nothing, blanks, 0x10 and 010, which others read as 8. */
const decimal = /^[-+]?(?:(?:0|[1-9]\d*)(?:\.\d*)?|\.\d+)(?:[eE][-+]?\d+)?$/

/** Whether a text is a number as a person writes it. */
export const isDecimal = (text: string): boolean => decimal.test(text)
