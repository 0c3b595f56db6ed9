// What speaks WebDriver: Chromium by chromedriver, WebKitGTK by WebKitWebDriver and its MiniBrowser on a virtual display.
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { chromedriver, chromium, chromiumArgs, webkitBrowser, webkitDriver } from '../fixtures/paths';

export interface Engine {
  name: string;
  command: string;
  /** Whether its browsers need a display: a virtual one is started for them. */
  needsDisplay?: boolean;
  /** Settings of the driver's process, given a home folder of its own. */
  env?: (home: string) => Record<string, string>;
  capabilities: (profile: string, downloads: string) => Record<string, unknown>;
  /** Where every browser of one driver saves, if that cannot be told for each. */
  downloads?: (home: string) => string;
}

export const chrome: Engine = {
  name: 'chromedriver',
  command: chromedriver,
  capabilities: (profile, downloads) => ({
    browserName: 'chrome',
    'goog:chromeOptions': {
      binary: chromium,
      args: [...chromiumArgs, '--headless=new', '--window-size=1280,900', `--user-data-dir=${profile}`],
      prefs: {
        'download.default_directory': downloads,
        'download.prompt_for_download': false,
        // A person is asked once whether a page may save several files; here the answer is given beforehand.
        'profile.default_content_setting_values.automatic_downloads': 1,
      },
    },
  }),
};

/** The same as a phone: its width, its finger. */
export const chromePhone: Engine = {
  ...chrome,
  capabilities: (profile, downloads) => {
    const capabilities = chrome.capabilities(profile, downloads);
    const options = capabilities['goog:chromeOptions'] as Record<string, unknown>;
    const deviceMetrics = { width: 390, height: 844, pixelRatio: 2, mobile: true, touch: true };
    return { ...capabilities, 'goog:chromeOptions': { ...options, mobileEmulation: { deviceMetrics } } };
  },
};

export const webkit: Engine = {
  name: 'WebKitWebDriver',
  command: webkitDriver,
  needsDisplay: true,
  env: (home) => {
    // The download folder is the desktop's; without a desktop it is what this file says.
    mkdirSync(join(home, '.config'), { recursive: true });
    mkdirSync(join(home, 'run'), { mode: 0o700 });
    writeFileSync(join(home, '.config/user-dirs.dirs'), 'XDG_DOWNLOAD_DIR="$HOME/Downloads"\n');
    // No bus and no graphics card are looked for.
    return { HOME: home, XDG_RUNTIME_DIR: join(home, 'run'), LIBGL_ALWAYS_SOFTWARE: '1', GIO_USE_VFS: 'local', NO_AT_BRIDGE: '1' };
  },
  // `--automation` keeps nothing: every browser has a clean profile.
  capabilities: () => ({ 'webkitgtk:browserOptions': { binary: webkitBrowser, args: ['--automation'] } }),
  downloads: (home) => {
    const path = join(home, 'Downloads');
    mkdirSync(path, { recursive: true });
    return path;
  },
};
