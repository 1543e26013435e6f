/**
 * Writes the SBOM of the package, as CycloneDX 1.6 in JSON. It has no time, and its serial number is made of its content, so
 * that builds of the same sources give the same file.
 */
import { sha256 } from './third-party.js';

/**
 * @typedef {object} BomSources
 * @property {Record<string, any>} manifest package.json
 * @property {string} pyproject bridge/pyproject.toml
 * @property {import('./third-party.js').ThirdParty[]} parts
 * @property {Record<string, Uint8Array>} files of the package that are not scripts, by path
 */

/** @param {string} content */
const hashes = (content) => [{ alg: 'SHA-256', content }];

/** @param {string} license an SPDX identifier or expression */
const licenses = (license) => (license.includes(' ') ? [{ expression: license }] : [{ license: { id: license } }]);

/** @param {import('./third-party.js').ThirdParty} part */
function component(part) {
  const { name, version, type, partOf, where, url, purl, license, copyright, sha256: digest, sha256OfSources } = part;
  return {
    type,
    'bom-ref': purl ?? `pagetls:${name.toLowerCase().replace(/[^a-z0-9]+/g, '-')}`,
    name,
    ...(version === undefined ? {} : { version }),
    ...(type === 'library' ? { scope: 'required' } : {}),
    ...(digest === undefined ? {} : { hashes: hashes(digest) }),
    licenses: licenses(license),
    ...(copyright.length === 0 ? {} : { copyright: copyright.join('\n') }),
    ...(purl === undefined ? {} : { purl }),
    externalReferences: [{ type: 'website', url }],
    properties: [
      { name: 'pagetls:in', value: where },
      ...(partOf === undefined ? [] : [{ name: 'pagetls:asIn', value: partOf }]),
      ...(sha256OfSources === undefined ? [] : [{ name: 'pagetls:sha256OfSources', value: sha256OfSources }]),
    ],
  };
}

/**
 * @param {string} purl without a version, which the package does not decide
 * @param {string} range
 * @param {'required' | 'optional'} scope
 */
const dependency = (purl, range, scope) => ({
  type: 'library',
  'bom-ref': purl,
  name: purl.slice(purl.indexOf('/') + 1),
  scope,
  purl,
  properties: [
    { name: 'pagetls:range', value: range },
    { name: 'pagetls:in', value: `not in the package: ${purl.startsWith('pkg:npm/') ? 'npm' : 'pip'} installs it` },
  ],
});

/** @param {BomSources} sources @returns what npm installs with the package or can, and what the bridge needs */
function dependencies({ manifest: { dependencies: required = {}, peerDependencies: peers = {} }, pyproject }) {
  const [, bridge = '[]'] = /^dependencies = (\[.*\])$/m.exec(pyproject) ?? [];
  /** @type {string[]} */
  const requirements = JSON.parse(bridge);
  const python = requirements.map((text) => /^([\w-]+)(.*)$/.exec(text)?.slice(1) ?? []);
  return [
    ...Object.entries(required).map(([name, range]) => dependency(`pkg:npm/${name}`, range, 'required')),
    ...Object.entries(peers).map(([name, range]) => dependency(`pkg:npm/${name}`, range, 'optional')),
    ...python.map(([name, range]) => dependency(`pkg:pypi/${name}`, range, 'optional')),
  ];
}

/** @param {string} digest SHA-256 in hexadecimal digits @returns {string} a UUID of version 8 (RFC 9562, section 5.8) */
function uuidOf(digest) {
  const variant = ((parseInt(digest[16], 16) & 0x3) | 0x8).toString(16);
  return [
    digest.slice(0, 8),
    digest.slice(8, 12),
    `8${digest.slice(13, 16)}`,
    `${variant}${digest.slice(17, 20)}`,
    digest.slice(20, 32),
  ].join('-');
}

/**
 * @param {BomSources} sources
 * @returns {string}
 */
export function sbomText(sources) {
  const { manifest, parts, files } = sources;
  const { name, version, description, license } = manifest;
  const purl = `pkg:npm/${name}@${version}`;
  const components = [...parts.map(component), ...dependencies(sources)];
  const content = {
    version: 1,
    metadata: {
      lifecycles: [{ phase: 'build' }],
      component: {
        type: 'library',
        'bom-ref': purl,
        name,
        version,
        description,
        licenses: licenses(license),
        purl,
        components: Object.entries(files).map(([path, bytes]) => ({
          type: 'file',
          'bom-ref': `pagetls:${path}`,
          name: path,
          hashes: hashes(sha256(bytes)),
        })),
      },
    },
    components,
    dependencies: [
      { ref: purl, dependsOn: components.map((one) => one['bom-ref']) },
      ...components.map((one) => ({ ref: one['bom-ref'] })),
    ],
  };
  const serialNumber = `urn:uuid:${uuidOf(sha256(JSON.stringify(content)))}`;
  const format = {
    $schema: 'http://cyclonedx.org/schema/bom-1.6.schema.json',
    bomFormat: 'CycloneDX',
    specVersion: '1.6',
    serialNumber,
  };
  return `${JSON.stringify({ ...format, ...content }, null, 2)}\n`;
}
