/**
 * The table: every operation of the vault and what decides it. It is mapped over the protocol's
 * table, so an operation without a row does not compile, and laws.test.ts goes through it.
 */
import type { VaultOperation } from '@warifu/protocol/vault'
import { activateCard, renewPaymentKey } from './activating.ts'
import { checkProofCode, makeProofCode, proofCodeOf } from './arrival-proofs.ts'
import { recallTerminals, releaseTerminals } from './arrivals.ts'
import { makeCard } from './cards.ts'
import { confirmedPayment, makeEpochCodes, pairChips, removeChips, verifyChips } from './chips.ts'
import { checkCode, codeOf, makeCode } from './codes.ts'
import { makeDeviceKeys, suspendDevices } from './devices.ts'
import { dismissTerminals } from './dismissing.ts'
import { endSale, readSales } from './ending-sales.ts'
import { listKeys } from './list-keys.ts'
import { authorizeNetwork } from './network.ts'
import { makeOffer, offerKey, verifyReader } from './offers.ts'
import { openCards, paymentOf } from './open.ts'
import { openCodes } from './open-code.ts'
import { openEntries } from './open-entry.ts'
import { openSale, saleOf } from './open-sale.ts'
import { openSims, simPaymentOf } from './open-sim.ts'
import { type Operation, pure, stored } from './operation.ts'
import { registerPasskey, verifyAssents, verifyLogins } from './passkeys.ts'
import { personaliseSims } from './personalise-sim.ts'
import { makePinCode, pinCodeOf, pinStates, setPins, unblockPins } from './pin-setting.ts'
import { activatePlastic, endPlastics, openPlasticPage } from './plastic-activating.ts'
import { makePlastic } from './plastic-making.ts'
import { proveCards } from './prove-card.ts'
import { publishKeys } from './published-keys.ts'
import { sealCard } from './seal.ts'
import { linkSims, removeSims } from './sims.ts'
import { admitTerminal, confirmTerminals, removeTerminals } from './terminals.ts'
import { yes } from './world.ts'

export const operations = {
  register_passkey: stored('register_passkey', {
    decide: registerPasskey,
    refer: ({ cardholder }) => ({ cardholder }),
  }),
  verify_login: pure('verify_login', {
    decide: verifyLogins,
    refer: (_, answer) => (answer.ok ? { cardholder: answer.value.cardholder } : {}),
  }),
  admit_terminal: stored('admit_terminal', {
    decide: admitTerminal,
    refer: ({ terminal, cardholder }) => ({ terminal, cardholder }),
    timeless: true,
  }),
  confirm_terminal: pure('confirm_terminal', {
    decide: confirmTerminals,
    refer: ({ terminal }) => ({ terminal }),
    changes: true,
  }),
  make_code: stored('make_code', {
    decide: makeCode,
    refer: ({ verification }) => ({ verification }),
    restore: ({ hierarchy }, { verification }) => ({ code: codeOf(hierarchy, verification) }),
  }),
  check_code: stored('check_code', {
    decide: checkCode,
    refer: ({ verification }) => ({ verification }),
    timeless: true,
  }),
  make_card: stored('make_card', {
    decide: makeCard,
    refer: ({ card, cardholder }) => ({ card, cardholder }),
  }),
  seal_card: stored('seal_card', {
    decide: sealCard,
    refer: ({ card, terminal }) => ({ card, terminal }),
  }),
  activate_card: stored('activate_card', {
    decide: activateCard,
    refer: ({ terminal }, answer) => ({
      terminal,
      ...(answer.ok ? { card: answer.value.card } : {}),
    }),
    timeless: true,
  }),
  renew_payment_key: stored('renew_payment_key', {
    decide: renewPaymentKey,
    refer: ({ card, terminal }) => ({ card, terminal }),
  }),
  open_card: pure('open_card', {
    decide: openCards,
    refer: (call, answer) => {
      const payment = paymentOf(call)
      return {
        terminal: call.terminal,
        ...(payment === undefined ? {} : { payment }),
        ...(answer.ok ? { card: answer.value.card } : {}),
      }
    },
  }),
  open_code: pure('open_code', {
    decide: openCodes,
    refer: ({ terminal }, answer) => ({
      terminal,
      ...(answer.ok ? { card: answer.value.card } : {}),
    }),
  }),
  verify_assent: pure('verify_assent', {
    decide: verifyAssents,
    refer: ({ content }, answer) => ({
      mandate: content.subject.id,
      ...(answer.ok ? { cardholder: answer.value.cardholder } : {}),
    }),
  }),
  make_device_keys: stored('make_device_keys', {
    decide: makeDeviceKeys,
    refer: ({ device }) => ({ device }),
  }),
  // Audited by the statement that takes the counters: effect and record are one way to the store.
  open_entry: pure('open_entry', { decide: openEntries }),
  authorize_network: pure('authorize_network', {
    decide: authorizeNetwork,
    refer: ({ message }) => ({ device: message.device, key: message.ksn }),
  }),
  prove_card: pure('prove_card', {
    decide: proveCards,
    refer: ({ terminal }, answer) => ({
      terminal,
      ...(answer.ok ? { card: answer.value.card } : {}),
    }),
  }),
  release_terminal: pure('release_terminal', {
    decide: releaseTerminals,
    refer: ({ terminal }) => ({ terminal }),
    changes: true,
  }),
  make_proof_code: stored('make_proof_code', {
    decide: makeProofCode,
    refer: ({ verification, terminal }) => ({ verification, terminal }),
    restore: (world, { verification }) => ({ code: proofCodeOf(world, verification) }),
  }),
  check_proof_code: stored('check_proof_code', {
    decide: checkProofCode,
    refer: ({ verification }) => ({ verification }),
    timeless: true,
  }),
  recall_terminal: pure('recall_terminal', {
    decide: recallTerminals,
    refer: ({ terminal }) => ({ terminal }),
    changes: true,
  }),
  dismiss_terminal: pure('dismiss_terminal', {
    decide: dismissTerminals,
    refer: ({ terminal }) => ({ terminal }),
    changes: true,
  }),
  make_plastic: stored('make_plastic', {
    decide: makePlastic,
    refer: ({ plastic, terminal, bureau }, answer) => ({
      plastic,
      terminal,
      bureau,
      ...(answer.ok ? { card: answer.value.card } : {}),
    }),
    timeless: true,
  }),
  open_plastic_page: stored('open_plastic_page', {
    decide: openPlasticPage,
    refer: ({ plastic, terminal }) => ({ plastic, terminal }),
  }),
  activate_plastic: stored('activate_plastic', {
    decide: activatePlastic,
    refer: ({ terminal }, answer) => ({
      terminal,
      ...(answer.ok ? { plastic: answer.value.plastic, card: answer.value.card } : {}),
    }),
    timeless: true,
  }),
  end_plastic: pure('end_plastic', {
    decide: endPlastics,
    refer: ({ plastic }) => ({ plastic }),
    changes: true,
  }),
  vault_key: pure('vault_key', { decide: publishKeys, changes: true }),
  set_pin: stored('set_pin', {
    decide: setPins,
    refer: ({ terminal }, answer) => ({
      terminal,
      ...(answer.ok ? { card: answer.value.card } : {}),
    }),
    timeless: true,
  }),
  unblock_pin: stored('unblock_pin', {
    decide: unblockPins,
    refer: ({ terminal }, answer) => ({
      terminal,
      ...(answer.ok ? { card: answer.value.card } : {}),
    }),
    timeless: true,
  }),
  make_pin_code: stored('make_pin_code', {
    decide: makePinCode,
    refer: ({ verification, card }) => ({ verification, card }),
    restore: (world, { verification }) => ({ code: pinCodeOf(world, verification) }),
  }),
  pin_state: pure('pin_state', { decide: pinStates }),
  suspend_device: pure('suspend_device', {
    decide: suspendDevices,
    refer: ({ device }) => ({ device }),
    changes: true,
  }),
  personalise_sim: pure('personalise_sim', {
    decide: personaliseSims,
    refer: ({ sim }) => ({ sim }),
    changes: true,
  }),
  link_sim: pure('link_sim', {
    decide: linkSims,
    refer: ({ terminal }, answer) => ({
      terminal,
      ...(answer.ok ? { sim: answer.value.sim } : {}),
    }),
    changes: true,
  }),
  open_sim: pure('open_sim', {
    decide: openSims,
    refer: (call, answer) => {
      const payment = simPaymentOf(call)
      return {
        terminal: call.terminal,
        ...(payment === undefined ? {} : { payment }),
        ...(answer.ok ? { card: answer.value.card } : {}),
      }
    },
    changes: true,
  }),
  remove_sim: pure('remove_sim', {
    decide: removeSims,
    refer: ({ sim }) => ({ sim }),
    changes: true,
  }),
  verify_reader: stored('verify_reader', {
    decide: verifyReader,
    refer: ({ terminal, proof }) => ({ terminal, device: proof.reader, key: proof.ksn }),
  }),
  make_offer: stored('make_offer', {
    decide: makeOffer,
    refer: ({ content, terminal, reader }, answer) => ({
      payment: content.subject.id,
      terminal,
      device: reader,
      ...(answer.ok ? { key: offerKey(answer.value.offer) } : {}),
    }),
  }),
  open_sale: stored('open_sale', {
    decide: openSale,
    refer: (call, answer) => {
      const payment = saleOf(call)
      return {
        terminal: call.terminal,
        ...(payment === undefined ? {} : { payment }),
        ...(answer.ok ? { card: answer.value.card } : {}),
      }
    },
  }),
  end_sale: pure('end_sale', {
    decide: async (world, sql, inputs) => {
      for (const input of inputs) await endSale(world, sql, input)
      return inputs.map(({ sale }) => yes({ sale }))
    },
    changes: true,
  }),
  read_sale: pure('read_sale', { decide: readSales }),
  pair_chip: pure('pair_chip', {
    decide: pairChips,
    refer: ({ terminal }, answer) => ({
      terminal,
      ...(answer.ok ? { device: answer.value.device, cardholder: answer.value.cardholder } : {}),
    }),
    changes: true,
  }),
  verify_chip: pure('verify_chip', {
    decide: verifyChips,
    refer: (call, answer) => {
      const payment = confirmedPayment(call)
      return {
        terminal: call.terminal,
        ...(payment === undefined ? {} : { payment }),
        ...(answer.ok ? { card: answer.value.card, device: answer.value.device } : {}),
      }
    },
    changes: true,
  }),
  remove_chip: pure('remove_chip', {
    decide: removeChips,
    refer: ({ device }) => ({ device }),
    changes: true,
  }),
  // Not audited: the server asks once for each epoch and page.
  make_epoch_codes: pure('make_epoch_codes', { decide: makeEpochCodes }),
  remove_terminal: pure('remove_terminal', {
    decide: removeTerminals,
    refer: ({ terminal }) => ({ terminal }),
    changes: true,
  }),
  // Not audited: names and check values.
  list_keys: pure('list_keys', { decide: listKeys }),
  audit_head: pure('audit_head', {
    decide: ({ audit, store }, _, inputs) =>
      Promise.all(inputs.map(async ({ chain }) => yes(await audit.sign(store, chain)))),
  }),
  audit_page: pure('audit_page', {
    decide: ({ audit, store }, _, inputs) =>
      Promise.all(inputs.map(async (asked) => yes(await audit.page(store, asked)))),
  }),
} satisfies { readonly [O in VaultOperation]: Operation<O> }
