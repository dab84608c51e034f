import { stringify } from 'yaml'

/** Plain data as YAML, which readers of YAML 1.1 read as the same. */
export const yamlText = (value: unknown): string =>
  stringify(value, { lineWidth: 0, aliasDuplicateObjects: false, compat: 'yaml-1.1' })
