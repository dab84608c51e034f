/** Explained variables as text. */
import { Scalar } from '../../inventory/scalar.ts'
import type { EvaluatedVariable } from '../../inventory/expressions/evaluate-host.ts'
import { mapScalars } from '../../inventory/scalar-tree.ts'
import type { Explained, Origin } from '../../inventory/variables/explain.ts'
import { masked } from '../../inventory/variables/masked.ts'
import { holdsExpression } from '../../inventory/holds-expression.ts'
import { placeText } from '../../inventory/place.ts'
import { mask } from '../../secret.ts'

const valueOf = (
  { name, variable: { value, written, hidden } }: Origin,
  secrets: ReadonlySet<string>,
): string => {
  // it is from an encrypted file that was opened
  if (hidden === true) return mask
  const shown = masked(name, value, secrets)
  if (shown === mask) return mask
  // 1.30 is shown as written: that is what a playbook reads as text
  return written instanceof Scalar && typeof value !== 'string' ? written.text : JSON.stringify(shown)
}

/** What explanations are made with. */
export interface ExplanationInput {
  /** Names of variables that are secrets. */
  readonly secrets: ReadonlySet<string>
  /** Variables with expressions, by name. */
  readonly evaluated: ReadonlyMap<string, EvaluatedVariable>
}

/** The first error in the value of an expression. */
const failureIn = (written: unknown): string | undefined => {
  let found: string | undefined
  mapScalars(written, (scalar) => (found ??= scalar.failure?.message))
  return found
}

/** The value of an expression, or why it does not have one. */
const evaluatedText = (
  name: string,
  { variable, shut }: EvaluatedVariable,
  secrets: ReadonlySet<string>,
): string => {
  if (shut?.reason === 'a secret') return mask
  if (shut?.detail !== undefined) return `cannot be known here: ${shut.detail}`
  if (shut !== undefined) return `not evaluated here: it reads ${shut.reason}`
  if (variable === undefined) return 'omitted'
  const failure = failureIn(variable.written)
  if (failure !== undefined) return `cannot be evaluated: ${failure}`
  if (variable.hidden === true) return mask
  return valueOf({ label: '', name, variable }, secrets)
}

const placeOf = ({ variable: { place } }: Origin): string => placeText(place)

/**
 * Each variable with every place that sets it, in order of precedence; `>` marks the one that wins.
 *
 * @example
 * // greeting on web1: "ho"
 * //     all        inventory.yaml:3:5        "hey"
 * //   > group web  group_vars/web.yaml:1:1   "ho"
 */
export const explanation = (
  host: string,
  variables: readonly Explained[],
  { secrets, evaluated }: ExplanationInput,
): string =>
  variables
    .map(({ name, origins }) => {
      const several = new Set(origins.map((origin) => origin.name)).size > 1
      const rows = origins.map((origin, index) => ({
        mark: index === origins.length - 1 ? '>' : ' ',
        label: several ? `${origin.label}: ${origin.name}` : origin.label,
        place: placeOf(origin),
        value: valueOf(origin, secrets),
      }))
      const width = (key: 'label' | 'place'): number => Math.max(0, ...rows.map((row) => row[key].length))
      const [labels, places] = [width('label'), width('place')]
      const made = evaluated.get(name)
      // an expression is shown by its text in the row that wins, and by its value above
      const expression = origins.at(-1)?.variable.written
      const shown =
        made === undefined || !holdsExpression(expression) ? undefined : evaluatedText(name, made, secrets)
      return [
        `${name} on ${host}: ${shown ?? rows.at(-1)?.value ?? 'not set'}`,
        ...rows.map(
          ({ mark, label, place, value }) =>
            `  ${mark} ${label.padEnd(labels)}  ${place.padEnd(places)}  ${value}`,
        ),
        '',
      ].join('\n')
    })
    .join('\n')
