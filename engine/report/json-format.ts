/** The version of the lines of `--output json`; it grows when a field changes its meaning or is removed. */
export const jsonFormat = 2
