/** For the matrix of faults: somebody whose card is in their phone's SIM, and a bridge to it. */
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { newIccid } from '@warifu/cli/iccid'
import { createKeeper } from '@warifu/cli/keeper'
import { operateServer } from '@warifu/cli/operators'
import { operateVault } from '@warifu/cli/programs'
import { startBridge } from '@warifu/cli/sim-bridges'
import { admitSim, personaliseSim, pressSim } from '@warifu/cli/sims'
import { softwareNeeds } from '@warifu/cli/software-terminal'
import { simulatedSlot } from '@warifu/devices/sim-card'
import { createTerminal, linkSim, pairBridge } from '@warifu/devices/terminal'
import type { House } from './house.ts'
import type { People } from './people.ts'

/** From here on the card's company asks for two digits of the PIN. */
export const SIM_AMOUNT = 12_000
const codes = { pin: '2580', puk: '12345678' }

export async function openSim(house: House, people: People) {
  const { folder, operator, walletOrigin, serverDatabase } = house
  const { token } = JSON.parse(
    await operateServer(serverDatabase.url, ['add', 'SIM maker', 'issuer']),
  )
  const maker = { api: people.api, token, vault: operator, folder }
  const needs = softwareNeeds({ ...people.api, origin: walletOrigin })
  const terminal = createTerminal(needs)
  await terminal.join('Aiko')
  await terminal.enrol()
  const card = await people.takeCard(terminal)
  const pinFile = join(folder, 'pin')
  await writeFile(pinFile, '4719', { mode: 0o600 })
  const files = ['--pin-file', pinFile, '--out', join(folder, 'plastic')]
  await operateVault(operator, ['personalise-card', '--card', card, ...files])
  const admitted = await admitSim(maker, { iccid: newIccid(), card })
  const memoryFile = join(folder, admitted.sim)
  pressSim(memoryFile, admitted, codes)
  const slot = simulatedSlot(memoryFile)
  await personaliseSim(maker, slot, admitted, [card])
  await slot.close()
  const keeper = createKeeper()
  const bridge = await startBridge({ folder, keeper }, { walletOrigin, card: { memoryFile } })
  const pairing = pairBridge(needs, bridge.line)
  await bridge.answer()
  const line = await pairing
  const linking = linkSim(needs, line)
  await bridge.answer(codes.pin)
  const { id } = await linking
  const close = async () => {
    await bridge.stop()
    keeper.close()
  }
  return { id, needs, terminal, card, line, close }
}
