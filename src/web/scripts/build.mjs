// Builds the site, the widget and the operator's console into the Server's wwwroot. The Server's project runs this when sources changed; `npm run build` does too.
// Two builds at once wait for each other, and the second finds the work done. The result is put in place whole, or not at all.
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { copyFileSync, existsSync, mkdirSync, readFileSync, readdirSync, renameSync, rmSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { brotliCompressSync, gzipSync } from 'node:zlib';
import { version as webchatVersion, webchat } from './webchat.mjs';

const root = resolve(dirname(fileURLToPath(import.meta.url)), '..');
const target = resolve(root, '../ChatAgent.Server/wwwroot');
const cache = join(root, '.cache');
const stampFile = join(target, '.built-from');
const textual = /\.(html|js|css|svg|json|txt)$/;
const smallest = 1000;

const oldest = [20, 19];
const [major, minor] = process.versions.node.split('.').map(Number);
if (major < oldest[0] || (major === oldest[0] && minor < oldest[1])) {
  console.error(`Node ${process.versions.node} is too old for the web pages; ${oldest.join('.')} or newer is needed.`);
  process.exit(1);
}

try {
  const wanted = hashOfSources();
  if (stampOf(stampFile) === wanted) {
    // Newer times and the same content: MSBuild compares times only, and need not ask again.
    utimesSync(stampFile, new Date(), new Date());
  } else {
    await alone(async () => {
      if (stampOf(stampFile) !== wanted) {
        await build(wanted);
      }
    });
  }
} catch (error) {
  const output = /** @type {any} */ (error).stderr?.toString().trim().split('\n').slice(-4).join('\n');
  console.error(output || /** @type {Error} */ (error).message);
  process.exit(1);
}

async function build(/** @type {string} */ stamp) {
  installPackages();
  runNode([join(root, 'node_modules/typescript/bin/tsc'), '--noEmit', '-p', root]);

  const made = `${target}.new-${process.pid}`;
  const { build: vite } = await import(pathToFileURL(join(root, 'node_modules/vite/dist/node/index.js')).href);
  const common = {
    configFile: false,
    logLevel: 'error',
    esbuild: { jsx: 'automatic', legalComments: 'none' },
    html: { cspNonce: '__NONCE__' },
    define: { __WEBCHAT__: JSON.stringify(webchatVersion) },
  };
  const page = (/** @type {string} */ name, /** @type {string} */ base, /** @type {string} */ folder) => vite({
    ...common,
    root: join(root, name),
    base,
    build: { outDir: join(made, folder), emptyOutDir: false, target: 'es2022', modulePreload: { polyfill: false }, chunkSizeWarningLimit: 1500, assetsInlineLimit: 0 },
  });

  try {
    await page('site', '/', '.');
    await page('widget', '/widget/', 'widget');
    await page('operator', '/operator/', 'operator');
    await vite({
      ...common,
      root: join(root, 'widget'),
      publicDir: false,
      build: {
        outDir: made,
        emptyOutDir: false,
        target: 'es2020',
        lib: { entry: join(root, 'widget/loader.ts'), formats: ['iife'], name: 'ChatAgentLoader', fileName: () => 'widget.js' },
      },
    });

    const chat = webchat(cache, runNpm);
    for (const name of readdirSync(chat)) {
      copyFileSync(join(chat, name), join(made, 'widget', name.replace('webchat.js', `webchat-${webchatVersion}.js`)));
    }

    for (const file of filesIn(made).filter(file => textual.test(file) && !existsSync(`${file}.br`))) {
      const content = readFileSync(file);
      // Pages carry a nonce that changes with every request, so they are not compressed ahead.
      if (content.length >= smallest && !file.endsWith('.html')) {
        writeFileSync(`${file}.br`, brotliCompressSync(content));
        writeFileSync(`${file}.gz`, gzipSync(content, { level: 9 }));
      }
    }

    writeFileSync(join(made, '.built-from'), stamp);
    const old = `${target}.old-${process.pid}`;
    if (existsSync(target)) {
      renameSync(target, old);
    }

    renameSync(made, target);
    rmSync(old, { recursive: true, force: true });
  } finally {
    rmSync(made, { recursive: true, force: true });
  }
}

/** `npm ci`, unless the packages that the lock file names are there already. */
function installPackages() {
  const mark = join(root, 'node_modules/.installed-from');
  const lock = createHash('sha256').update(readFileSync(join(root, 'package-lock.json'))).digest('hex');
  if (stampOf(mark) !== lock) {
    runNpm(['ci', '--no-audit', '--no-fund', '--prefer-offline', '--fetch-retries=1', '--fetch-timeout=30000'], { cwd: root });
    writeFileSync(mark, lock);
  }
}

function runNpm(/** @type {string[]} */ args, /** @type {{ cwd: string }} */ options) {
  const isWindows = process.platform === 'win32';
  execFileSync(isWindows ? 'npm.cmd' : 'npm', args, { ...options, stdio: ['ignore', 'ignore', 'pipe'], shell: isWindows });
}

function runNode(/** @type {string[]} */ args) {
  try {
    execFileSync(process.execPath, args, { cwd: root, stdio: ['ignore', 'pipe', 'pipe'] });
  } catch (error) {
    throw new Error(/** @type {any} */ (error).stdout?.toString().trim() || /** @type {Error} */ (error).message);
  }
}

/** Runs `work` while no other build does. The lock names its process, so that one left by a killed build is taken over. */
async function alone(/** @type {() => Promise<void>} */ work) {
  mkdirSync(cache, { recursive: true });
  const lock = join(cache, 'building');
  for (;;) {
    try {
      writeFileSync(lock, String(process.pid), { flag: 'wx' });
      break;
    } catch (error) {
      if (/** @type {NodeJS.ErrnoException} */ (error).code !== 'EEXIST') {
        throw error;
      }

      if (!isAlive(Number(stampOf(lock)), lock)) {
        rmSync(lock, { force: true });
        continue;
      }

      await new Promise(done => setTimeout(done, 200));
    }
  }

  try {
    await work();
  } finally {
    rmSync(lock, { force: true });
  }
}

function isAlive(/** @type {number} */ pid, /** @type {string} */ lock) {
  if (!pid) {
    // Made a moment ago and not written yet, or gone again: look once more.
    return existsSync(lock) && Date.now() - statSync(lock).mtimeMs < 5000;
  }

  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return /** @type {NodeJS.ErrnoException} */ (error).code === 'EPERM';
  }
}

function hashOfSources() {
  const hash = createHash('sha256');
  for (const file of filesIn(root, new Set(['node_modules', '.cache'])).sort()) {
    hash.update(relative(root, file).replaceAll('\\', '/')).update('\0').update(readFileSync(file)).update('\0');
  }

  return hash.digest('hex');
}

/** @returns {string[]} */
function filesIn(/** @type {string} */ folder, skipped = new Set()) {
  return readdirSync(folder, { withFileTypes: true }).flatMap(entry => {
    const path = join(folder, entry.name);
    return skipped.has(entry.name) ? [] : entry.isDirectory() ? filesIn(path, skipped) : entry.isFile() ? [path] : [];
  });
}

function stampOf(/** @type {string} */ file) {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return null;
  }
}
