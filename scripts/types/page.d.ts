/** What the pages' scripts find that TypeScript's own DOM cannot know: which kind of element a
    selector finds, and what stands beside the scripts. */

/** An element of our own templates; which of these it has, the template says. */
interface Found extends HTMLElement {
  value: string;
  checked: boolean;
  disabled: boolean;
  open: boolean;
  method: string;
  form: HTMLFormElement;
  elements: any;
  options: HTMLOptionsCollection;
  viewBox: SVGAnimatedRect;
  /** Of a template. */
  content: DocumentFragment;
  /** Of a link. */
  href: string;
  pathname: string;
  /** Of a dialog. */
  showModal(): void;
  close(): void;
  /** Of a box with a map: the map, once it is drawn. */
  tourMap: any;
  submit(): void;
  requestSubmit(button?: HTMLElement): void;
}

interface ParentNode {
  querySelector(selector: string): Found | null;
  querySelectorAll(selector: string): NodeListOf<Found>;
}

interface Element {
  closest(selector: string): Found | null;
}

/** Listeners of ours stand on the document and its elements. */
interface EventTarget {
  readonly dataset: DOMStringMap;
  readonly form: HTMLFormElement | null;
  closest(selector: string): Found | null;
}

interface Event {
  /** Of a CustomEvent; `results` sends the address of the places that are shown. */
  readonly detail: any;
  readonly clientX: number;
  readonly clientY: number;
}

interface Credential {
  toJSON(): object;
}

interface Window {
  /** Draws a map: map.js puts it there, others add to it. */
  tourMap: any;
  /** The maps of a page that nobody has looked at yet. */
  tourMaps: any;
  /** The list beside a map: how much of the map it leaves free (map-sheet.js). */
  tourSheet: any;
  /** Gathers places to one sign (clusters.js). */
  tourClusters: any;
}

/** Leaflet, which maps.js brings before map.js. */
declare const L: any;
declare const BarcodeDetector: any;
