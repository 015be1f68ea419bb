/** `warifu pack FOLDER`: writes the SDK there as a package that npm installs anywhere. */
import { mkdir } from 'node:fs/promises'
import { resolve } from 'node:path'
import { Misunderstood, readArguments, runTelling } from '@warifu/cli/arguments'
import { packSdk } from '@warifu/sdk/pack'

const options = { json: { type: 'boolean' }, help: { type: 'boolean' } } as const

export const run = (args: readonly string[]): Promise<number> =>
  runTelling(args, { command: 'pack', who: 'merchant' }, async () => {
    const { values, positionals } = readArguments(args, options)
    const [folder] = positionals
    if (values.help !== true && folder === undefined)
      throw new Misunderstood('pack expects the folder to write the package into.')
    if (folder === undefined) {
      console.log('warifu pack FOLDER [--json]\n\nwrites warifu-sdk-<version>.tgz for npm install')
      return 0
    }
    await mkdir(resolve(folder), { recursive: true })
    const path = await packSdk(resolve(folder))
    console.log(values.json === true ? JSON.stringify({ path }) : path)
    return 0
  })
