/** Short names of attribute types in distinguished names: OpenSSL's, which are Node's. */

/** Names of consecutive OIDs, from the first. @type {readonly (readonly [arc: string, first: number, names: string])[]} */
const SERIES = [
  [
    '2.5.4',
    3,
    'CN SN serialNumber C L ST street O OU title description searchGuide businessCategory postalAddress postalCode postOfficeBox physicalDeliveryOfficeName telephoneNumber telexNumber teletexTerminalIdentifier facsimileTelephoneNumber x121Address internationaliSDNNumber registeredAddress destinationIndicator preferredDeliveryMethod presentationAddress supportedApplicationContext member owner roleOccupant seeAlso userPassword userCertificate cACertificate authorityRevocationList certificateRevocationList crossCertificatePair name GN initials generationQualifier x500UniqueIdentifier dnQualifier enhancedSearchGuide protocolInformation distinguishedName uniqueMember houseIdentifier supportedAlgorithms deltaRevocationList dmdName',
  ],
  ['2.5.4', 65, 'pseudonym'],
  ['2.5.4', 72, 'role'],
  ['2.5.4', 97, 'organizationIdentifier'],
  [
    '0.9.2342.19200300.100.1',
    1,
    'UID textEncodedORAddress mail info favouriteDrink roomNumber photo userClass host manager documentIdentifier documentTitle documentVersion documentAuthor documentLocation',
  ],
  [
    '0.9.2342.19200300.100.1',
    20,
    'homeTelephoneNumber secretary otherMailbox lastModifiedTime lastModifiedBy DC aRecord pilotAttributeType27 mXRecord nSRecord sOARecord cNAMERecord',
  ],
  [
    '0.9.2342.19200300.100.1',
    37,
    'associatedDomain associatedName homePostalAddress personalTitle mobileTelephoneNumber pagerTelephoneNumber friendlyCountryName uid organizationalStatus janetMailbox mailPreferenceOption buildingName dSAQuality singleLevelQuality subtreeMinimumQuality subtreeMaximumQuality personalSignature dITRedirect audio documentPublisher',
  ],
  [
    '1.2.840.113549.1.9',
    1,
    'emailAddress unstructuredName contentType messageDigest signingTime countersignature challengePassword unstructuredAddress extendedCertificateAttributes',
  ],
  ['1.2.840.113549.1.9', 14, 'extReq SMIME-CAPS SMIME'],
  ['1.2.840.113549.1.9', 20, 'friendlyName localKeyID'],
  ['1.3.6.1.4.1.311.60.2.1', 1, 'jurisdictionL jurisdictionST jurisdictionC'],
  ['1.2.643.3.131.1', 1, 'INN'],
  ['1.2.643.100', 1, 'OGRN'],
  ['1.2.643.100', 3, 'SNILS'],
  ['1.2.643.100', 5, 'OGRNIP'],
  [
    '1.3.6.1.5.5.7.9',
    1,
    'id-pda-dateOfBirth id-pda-placeOfBirth id-pda-gender id-pda-countryOfCitizenship id-pda-countryOfResidence',
  ],
  ['1.3.6.1.4.1.311.17', 1, 'CSPName LocalKeySet'],
];

/** By OID in dotted form. @type {ReadonlyMap<string, string>} */
export const ATTRIBUTES = new Map(
  SERIES.flatMap(([arc, first, names]) =>
    names.split(' ').map((name, i) => /** @type {[string, string]} */ ([`${arc}.${first + i}`, name])),
  ),
);
