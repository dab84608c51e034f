/** The StorageClass that a smoke test takes a volume of. */
import { CoxswainError, z } from '../../../engine/index.ts'

/** What `kubectl get storageclasses -o json` prints. */
export const classesSchema = z.object({
  items: z.array(
    z.object({
      metadata: z.object({
        name: z.string(),
        creationTimestamp: z.string().default(''),
        annotations: z.record(z.string(), z.string()).default({}),
      }),
      provisioner: z.string(),
    }),
  ),
})
type StorageClass = z.output<typeof classesSchema>['items'][number]

/** The annotations that make a class the default one; the second is that of releases before 1.6, which API servers still accept. */
const defaultMarks = [
  'storageclass.kubernetes.io/is-default-class',
  'storageclass.beta.kubernetes.io/is-default-class',
]

/** The provisioner of classes whose volumes are made by hand. */
const noProvisioner = 'kubernetes.io/no-provisioner'

/** The default class; of several, Kubernetes takes the newest. */
const defaultOf = (classes: readonly StorageClass[]): StorageClass | undefined =>
  classes
    .filter(({ metadata }) => defaultMarks.some((mark) => metadata.annotations[mark] === 'true'))
    .toSorted((one, other) => one.metadata.creationTimestamp.localeCompare(other.metadata.creationTimestamp))
    .at(-1)

/** The class to take a volume of, or why volumes are not tried. */
type Choice = { readonly name: string } | { readonly notTried: string }

/**
 * Chooses the named class, or the default one.
 *
 * A default class without a provisioner is not taken: its volumes were made by hand, for something else.
 *
 * @throws `task-failed` for a named class that the cluster does not have.
 */
export const chooseClass = (classes: readonly StorageClass[], named: string | undefined): Choice => {
  const names = classes.map(({ metadata }) => metadata.name)
  if (named !== undefined) {
    if (names.includes(named)) return { name: named }
    throw new CoxswainError('task-failed', `the cluster does not have the StorageClass ${named}`, {
      hint: names.length === 0 ? 'it does not have any' : `it has ${names.join(', ')}`,
    })
  }
  if (names.length === 0) return { notTried: 'the cluster does not have a StorageClass' }
  const found = defaultOf(classes)
  if (found === undefined)
    return { notTried: `no StorageClass is the default one; name one of ${names.join(', ')}` }
  const { name } = found.metadata
  return found.provisioner === noProvisioner
    ? { notTried: `the volumes of the default StorageClass ${name} are made by hand; name it to try one` }
    : { name }
}
