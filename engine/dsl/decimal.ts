/** A decimal number. `Number` also accepts empty text, blanks, 0x10 and 010, which other parsers read as 8. */
const decimal = /^[-+]?(?:(?:0|[1-9]\d*)(?:\.\d*)?|\.\d+)(?:[eE][-+]?\d+)?$/

/** Whether a text is a decimal number. */
export const isDecimal = (text: string): boolean => decimal.test(text)
