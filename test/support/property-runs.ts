/**
 * How often a property is tried. `npm test` takes a tenth of the runs, each time others; CI sets `PROPERTY_RUNS=1` and
 * takes them all.
 */
const share = Number(process.env['PROPERTY_RUNS'] ?? '0.1')

/** Settings of `fc.assert` for a property whose runs take long together. */
export const propertyRuns = (all: number): { readonly numRuns: number } => ({
  numRuns: Math.max(1, Math.round(all * share)),
})
