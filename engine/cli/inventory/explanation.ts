/** Explained variables as text. */
import { Scalar } from '../../inventory/scalar.ts'
import type { Explained, Origin } from '../../inventory/variables/explain.ts'
import { masked } from '../../inventory/variables/masked.ts'
import { placeText } from '../../inventory/place.ts'
import { mask } from '../../secret.ts'

const valueOf = ({ name, variable: { value, written } }: Origin, secrets: ReadonlySet<string>): string => {
  const shown = masked(name, value, secrets)
  if (shown === mask) return mask
  // 1.30 is shown as written: that is what a playbook reads as text
  return written instanceof Scalar && typeof value !== 'string' ? written.text : JSON.stringify(shown)
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
  secrets: ReadonlySet<string>,
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
      return [
        `${name} on ${host}: ${rows.at(-1)?.value ?? 'not set'}`,
        ...rows.map(
          ({ mark, label, place, value }) =>
            `  ${mark} ${label.padEnd(labels)}  ${place.padEnd(places)}  ${value}`,
        ),
        '',
      ].join('\n')
    })
    .join('\n')
