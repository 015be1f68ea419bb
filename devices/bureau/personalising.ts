/** The emulated EMV card of a job: what devices/payment-card is, as the file that holds it. */
import type { PersonalData } from '@warifu/devices/payment-card'
import type { PlasticJob } from '@warifu/protocol/plastic'

/** No PIN goes into the chip: it is verified online (CVM 02), as only its hash exists. */
export const personalDataOf = (job: PlasticJob): PersonalData => ({
  pan: job.pan,
  psn: job.pan_sequence,
  expiry: job.expiry,
  name: job.name,
  serviceCode: job.service_code,
  discretionary: { stripe: job.discretionary, chip: job.discretionary },
  iccMasterKey: Uint8Array.from(Buffer.from(job.chip_key, 'hex')),
  offlinePin: undefined,
})

/** As an entry device's or a reader's slot takes it: like vault/operator-acts.ts, Plastic. */
export const cardFile = (job: PlasticJob): string =>
  `${JSON.stringify(
    {
      pan: job.pan,
      expiry: job.expiry,
      security_code: job.security_code,
      name: job.name,
      track2: `${job.pan}=${job.expiry}${job.service_code}${job.discretionary}`,
      pan_sequence: job.pan_sequence,
      chip_key: job.chip_key,
    },
    null,
    2,
  )}\n`
