// Brings the official Web Chat: one file of one tarball, pinned by its hash. Its dependency tree (a thousand packages) is not installed: dist/webchat.js holds it.
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, readdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { brotliCompressSync, constants, gunzipSync, gzipSync } from 'node:zlib';

export const version = '4.18.1';
const integrity = 'sha512-7jpEUJ7olT62Xm+8eh7BhhIcXVfU2xD4pZDaeBt8K4XcNy6K/83UGIxE9BFkXmHMZ4hDEVOzs5cre07GWuaXzg==';
const wanted = ['package/dist/webchat.js', 'package/dist/webchat.js.LICENSE.txt'];

/**
 * The folder that holds webchat.js with its .br and .gz, and its licences; fetched once and kept.
 * @param {string} cache folder of the cache
 * @param {(command: string[], options: object) => void} npm runs npm
 * @returns {string}
 */
export function webchat(cache, npm) {
  const folder = join(cache, `webchat-${version}`);
  if (existsSync(folder)) {
    return folder;
  }

  mkdirSync(cache, { recursive: true });
  const work = mkdtempSync(join(cache, 'fetch-'));
  try {
    npm(['pack', `botframework-webchat@${version}`, '--pack-destination', work, '--silent'], { cwd: work });
    const tarball = readFileSync(join(work, readdirSync(work).find(name => name.endsWith('.tgz'))));
    const found = `sha512-${createHash('sha512').update(tarball).digest('base64')}`;
    if (found !== integrity) {
      throw new Error(`botframework-webchat ${version}: the tarball's hash is ${found}, ${integrity} was pinned`);
    }

    const made = join(work, 'made');
    mkdirSync(made);
    for (const [name, content] of untar(gunzipSync(tarball))) {
      if (wanted.includes(name)) {
        writeFileSync(join(made, name.slice(name.lastIndexOf('/') + 1)), content);
      }
    }

    const script = readFileSync(join(made, 'webchat.js'));
    writeFileSync(join(made, 'webchat.js.br'), brotliCompressSync(script, { params: { [constants.BROTLI_PARAM_QUALITY]: 10, [constants.BROTLI_PARAM_SIZE_HINT]: script.length } }));
    writeFileSync(join(made, 'webchat.js.gz'), gzipSync(script, { level: 9 }));
    renameSync(made, folder);
    return folder;
  } finally {
    rmSync(work, { recursive: true, force: true });
  }
}

/** Files of a tar archive: name and content. Header fields by POSIX ustar; long names do not occur among those wanted. */
function* untar(/** @type {Buffer} */ archive) {
  const block = 512;
  for (let at = 0; at + block <= archive.length;) {
    const name = text(archive, at, 100);
    if (name === '') {
      return;
    }

    const size = parseInt(text(archive, at + 124, 12), 8);
    const prefix = text(archive, at + 345, 155);
    yield [prefix ? `${prefix}/${name}` : name, archive.subarray(at + block, at + block + size)];
    at += block + Math.ceil(size / block) * block;
  }
}

function text(/** @type {Buffer} */ buffer, /** @type {number} */ from, /** @type {number} */ length) {
  const field = buffer.subarray(from, from + length);
  const end = field.indexOf(0);
  return field.subarray(0, end < 0 ? length : end).toString('utf8').trim();
}
