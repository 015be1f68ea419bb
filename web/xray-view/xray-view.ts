/** The X-ray as pages show it: `<XrayPicture entries={timeline} name={payment.id} />`. */
export { XrayPicture } from './picture.tsx'
