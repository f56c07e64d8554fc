import htmx from "htmx.org";
import { startBars } from "./bars";
import { startBell } from "./bell";
import { startCalls } from "./calls";
import { startCollision } from "./collision";
import { startComposer } from "./composer";
import { startCommands } from "./commands";
import { startCopying } from "./copying";
import { startDeadlines } from "./deadlines";
import { startDevices } from "./devices";
import { startDiscarding } from "./discarding";
import { startDisclosure } from "./disclosure";
import { startDrafts } from "./drafts";
import { startFiles } from "./files";
import { startHandovers } from "./handovers";
import { startList } from "./list";
import { startLive } from "./live";
import { startPane } from "./pane";
import { startPreferences } from "./preferences";
import { startPresence } from "./presence";
import { startPromises } from "./promise";
import { startRequests } from "./requests";
import { startSheets } from "./sheets";
import { startUndo } from "./undo";
import { startWays } from "./ways";

declare global {
  interface Window { htmx: typeof htmx }
}

startPreferences();
startRequests();
startSheets();
startUndo();
startComposer();
startWays();
startDisclosure();
startPromises();
startDrafts();
startDiscarding();
startFiles();
startCollision();
startPresence();
startList();
startPane();
startCommands();
startDeadlines();
startCopying();
startBars();
startBell();
startDevices();
startCalls();
startHandovers();
startLive();
