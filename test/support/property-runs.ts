/**
 * The share of a property's runs. `npm test` does a tenth of them, with new random values each time; CI sets
 * `PROPERTY_RUNS=1` and does all.
 */
const share = Number(process.env['PROPERTY_RUNS'] ?? '0.1')

/** Returns the settings of `fc.assert` for a property whose runs take long. */
export const propertyRuns = (all: number): { readonly numRuns: number } => ({
  numRuns: Math.max(1, Math.round(all * share)),
})
