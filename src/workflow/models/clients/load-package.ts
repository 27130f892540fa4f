import { SygraError } from '../../../errors.ts'
import type { ResolvedModel } from '../resolve-model.ts'

/**
 * Loads a package that only some models need.
 *
 * @param name the package with its version, as `npm install` takes it.
 * @throws SygraError `missing_package` that says what to install.
 */
export async function loadPackage<Module>(
  importModule: () => Promise<Module>,
  name: string,
  model: ResolvedModel,
): Promise<Module> {
  try {
    return await importModule()
  } catch (error) {
    throw new SygraError(
      'missing_package',
      `model "${model.name}" (${model.type}) needs the package ${name}: npm install ${name}`,
      { cause: error },
    )
  }
}
