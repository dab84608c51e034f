/** The names that modules export, with the properties that authors see of them, and their docstrings. */
import { join, relative } from 'node:path'
import { API, SignatureKind, SymbolFlags } from 'typescript/unstable/sync'
import type { Checker, Symbol as Name, Type } from 'typescript/unstable/sync'

/** A name or property that authors see. */
export interface PublicName {
  /** Its path: `PlaySpec.serial`, `rehearse(world).files`. */
  readonly path: string
  /** The file that declares it. */
  readonly file: string
  /** Its docstring; empty if there is none. */
  readonly doc: string
  /** Its type as text; for the name of a type, empty. */
  readonly type: string
}

/** Names that TypeScript makes: brands, private names, types without a name. */
const isMade = ({ name }: Name): boolean => name.startsWith('__')

const types = SymbolFlags.Interface | SymbolFlags.TypeAlias | SymbolFlags.Class

/**
 * Reads the exports of modules, each property of their interfaces, of the objects that their functions take, and of object types
 * without a name in the same file. Other types that they use are read if they are exported too.
 *
 * Left out are the parameters of tasks, which have descriptions instead, and what other packages declare.
 *
 * @param config the path of the tsconfig.json of a program that has the modules.
 * @param modules paths from `root`.
 */
export const publicNames = (root: string, config: string, modules: readonly string[]): PublicName[] => {
  const api = new API({ cwd: root })
  try {
    const [project] = api.updateSnapshot({ openProject: join(root, config) }).getProjects()
    if (project === undefined) throw new Error(`${config} has no program`)
    const read = reader(root, project.checker)
    for (const module of modules) {
      const source = project.program.getSourceFile(join(root, module))
      const name = source === undefined ? undefined : project.checker.getSymbolAtLocation(source)
      if (name === undefined) throw new Error(`${module} is not a module of ${config}`)
      read.exportsOf(name)
    }
    return read.found
  } finally {
    api.close()
  }
}

const reader = (root: string, checker: Checker) => {
  const found: PublicName[] = []
  const seen = new Set<number>()
  const fileOf = (name: Name): string => relative(root, name.declarations[0]?.path ?? '')
  const isOurs = (name: Name): boolean => /^(?:engine|tasks)\//.test(fileOf(name))
  const keep = (path: string, name: Name): void => {
    const type = (name.flags & types) === 0 ? checker.getTypeOfSymbol(name) : undefined
    found.push({
      path,
      file: fileOf(name),
      doc: checker.getDocumentationCommentOfSymbol(name),
      type: type === undefined ? '' : checker.typeToString(type),
    })
  }

  /** Reads the parameters of the functions of a type, whether their types are exported or not. */
  const readParameters = (type: Type, path: string): void => {
    for (const signature of checker.getSignaturesOfType(type, SignatureKind.Call)) {
      for (const parameter of signature.getParameters()) {
        const { name } = parameter
        const shown = isMade(parameter) ? 'options' : name
        readType(checker.getTypeOfSymbol(parameter), `${path}(${shown})`)
      }
    }
  }

  /** The parts of a union or intersection, and the elements of arrays. A type can be a part of itself. */
  const partsOf = (type: Type, around: readonly number[] = []): readonly Type[] => {
    if (around.includes(type.id)) return []
    const inner =
      type.isUnionType() || type.isIntersectionType()
        ? type.getTypes()
        : type.isTypeReference() && checker.isArrayType(type)
          ? checker.getTypeArguments(type)
          : undefined
    return inner?.flatMap((part) => partsOf(part, [...around, type.id])) ?? [type]
  }

  const readType = (type: Type | undefined, path: string): void => {
    for (const part of type === undefined ? [] : partsOf(type)) {
      const declared = part.getSymbol()
      if (seen.has(part.id) || !part.isObjectType() || declared === undefined || !isOurs(declared)) continue
      seen.add(part.id)
      const owner = isMade(declared) ? path : declared.name
      for (const property of checker.getPropertiesOfType(part)) {
        if (isMade(property) || !isOurs(property)) continue
        const at = `${owner}.${property.name}`
        keep(at, property)
        for (const inner of partsOf(checker.getTypeOfSymbol(property) ?? part))
          readInner(inner, at, fileOf(property))
      }
      readParameters(part, owner)
    }
  }

  /** Reads the type of a property: object types without a name, and functions. */
  const readInner = (type: Type, path: string, file: string): void => {
    const declared = type.getSymbol()
    if (checker.getSignaturesOfType(type, SignatureKind.Call).length > 0) readParameters(type, path)
    else if (declared?.name === '__type' && fileOf(declared) === file) readType(type, path)
  }

  return {
    found,
    exportsOf: (module: Name): void => {
      for (const exported of checker.getExportsOfModule(module)) {
        const name =
          (exported.flags & SymbolFlags.Alias) === 0 ? exported : checker.getAliasedSymbol(exported)
        if (!isOurs(name)) continue
        keep(exported.name, name)
        if ((name.flags & types) !== 0) readType(checker.getDeclaredTypeOfSymbol(name), name.name)
        else {
          const type = checker.getTypeOfSymbol(name)
          const isTask = type !== undefined && checker.getPropertyOfType(type, 'info') !== undefined
          if (type !== undefined && !isTask) readParameters(type, exported.name)
        }
      }
    },
  }
}
