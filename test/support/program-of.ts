/** Programs of a bundle of Kubernetes, also those that it has only in images. */
import { existsSync, mkdirSync, readFileSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { $ } from 'zx'
import { z } from '../../engine/index.ts'
import { bundle } from '../../lab/bundles.ts'

const manifests = z.array(z.object({ Layers: z.array(z.string()) })).length(1)

/**
 * The path of a program of a release, taken out of its image where that has it.
 *
 * @param into a folder for what is taken out.
 */
export const programOf = async (release: string, name: string, into: string): Promise<string> => {
  const { folder } = await bundle({ kubernetes: release })
  const there = join(folder, 'bin', name)
  if (existsSync(there)) return there
  const own = join(into, release, name)
  mkdirSync(own, { recursive: true })
  await $({ quiet: true, cwd: own })`tar -xf ${join(folder, 'images', `${name}.tar`)}`
  const [image] = manifests.parse(JSON.parse(readFileSync(join(own, 'manifest.json'), 'utf8')))
  for (const layer of image?.Layers ?? []) await $({ quiet: true, cwd: own })`tar -xf ${layer}`
  const found = readdirSync(own, { recursive: true, encoding: 'utf8' }).find((path) =>
    path.endsWith(`bin/${name}`),
  )
  if (found === undefined) throw new Error(`the image of ${name} ${release} does not have the program`)
  return join(own, found)
}
