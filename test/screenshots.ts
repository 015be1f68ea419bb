/**
 * `npm run screenshots`: every page of the house as people see it, in both themes and three
 * languages, into a folder with an index to leaf through. A real sandbox, a real Chromium; what
 * stands on the pages came there as it does in a shop. Exit code 1 where a picture shows a fault.
 */
import { mkdir, writeFile } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { parseArgs } from 'node:util'
import { codeOfSignal, listenForEnding } from '@warifu/cli/ending'
import { root } from '@warifu/cli/state-folder'
import { has } from './needs.ts'
import { type Area, areas, screens } from './screens.ts'
import { createCamera } from './screens-camera.ts'
import { shootConsole } from './screens-console.ts'
import { shootDocs } from './screens-docs.ts'
import { indexOf } from './screens-index.ts'
import { type Stage, setStage } from './screens-stage.ts'
import { shootTill } from './screens-till.ts'
import { shootTour } from './screens-tour.ts'
import { shootWallet } from './screens-wallet.ts'

const say = (line: string): void => void process.stdout.write(`${line}\n`)

const help = `warifu screenshots [--only AREA]… [--axe] [--readme] [--out FOLDER]

Areas: ${areas.join(', ')}
--only   these areas alone; may be given for several
--axe    has axe judge every page too, in both themes
--readme writes the README's pictures anew (docs/pictures)
--out    the folder for the pictures and their index.html (screenshots/)`

const scenes: Readonly<Record<Area, (stage: Stage) => Promise<void>>> = {
  wallet: shootWallet,
  till: shootTill,
  console: shootConsole,
  tour: shootTour,
  docs: shootDocs,
}

async function main(): Promise<number> {
  const { values } = parseArgs({
    options: {
      only: { type: 'string', multiple: true },
      axe: { type: 'boolean' },
      readme: { type: 'boolean' },
      out: { type: 'string' },
      help: { type: 'boolean' },
    },
  })
  const isArea = (name: string): name is Area => areas.some((area) => area === name)
  const { only = [...areas], axe = false } = values
  if (values.help === true || !only.every(isArea)) {
    say(help)
    return values.help === true ? 0 : 2
  }
  const readme = values.readme === true ? { readme: join(root, 'docs', 'pictures') } : {}
  const folder = resolve(values.out ?? join(root, 'screenshots'))
  await mkdir(folder, { recursive: true })
  const camera = createCamera({ folder, axe, say, ...readme })
  const { asked } = listenForEnding()
  await using stage = await setStage(camera, say)
  const play = async () => {
    for (const area of areas.filter((one) => only.includes(one))) {
      say(area)
      await camera.part(area, () => scenes[area](stage))
    }
  }
  const ended = await Promise.race([play(), asked])
  if (ended !== undefined) return codeOfSignal(ended)
  const missing = screens.filter(
    ({ area, name, needs = [] }) => only.includes(area) && !camera.taken.has(name) && has(needs),
  )
  for (const { name } of missing) say(`not taken: ${name}`)
  await writeFile(join(folder, 'index.html'), indexOf(screens))
  say(`${camera.taken.size} screens, ${camera.faults.length} faults: ${join(folder, 'index.html')}`)
  return missing.length + camera.faults.length === 0 ? 0 : 1
}

process.exit(await main())
