/** Codes of a certificate that does not hold, in words (Node's documentation of `tls`: "X509 certificate error codes"). */
export const certificateCodes: ReadonlyMap<string, string> = new Map([
  ['DEPTH_ZERO_SELF_SIGNED_CERT', 'its certificate is signed by itself'],
  ['SELF_SIGNED_CERT_IN_CHAIN', 'who signed its certificate is not known here'],
  ['UNABLE_TO_GET_ISSUER_CERT', 'who signed its certificate is not known here'],
  ['UNABLE_TO_GET_ISSUER_CERT_LOCALLY', 'who signed its certificate is not known here'],
  ['UNABLE_TO_VERIFY_LEAF_SIGNATURE', 'who signed its certificate is not known here'],
  ['CERT_UNTRUSTED', 'its certificate is not trusted'],
  ['CERT_REJECTED', 'its certificate is rejected'],
  ['CERT_REVOKED', 'its certificate was revoked'],
  ['CERT_HAS_EXPIRED', 'its certificate has expired'],
  ['CERT_NOT_YET_VALID', 'its certificate is not valid yet'],
  ['CERT_SIGNATURE_FAILURE', 'the signature of its certificate is wrong'],
  ['ERR_TLS_CERT_ALTNAME_INVALID', 'its certificate is that of another host'],
])

const isUnknownAuthority = /ISSUER_CERT|SELF_SIGNED|VERIFY_LEAF|UNTRUSTED/

/**
 * What is wrong with a certificate by the code of an error, and what can be done where who signed it is not trusted;
 * undefined for any other code. `trustedIn` says where one names whom to trust.
 */
export function certificateProblem(code: string, trustedIn: string): string | undefined {
  const problem = certificateCodes.get(code)
  if (problem === undefined) return undefined
  const remedy = isUnknownAuthority.test(code) ? `; name the certificate of who signed it in ${trustedIn}` : ''
  return `${problem} (${code})${remedy}`
}
