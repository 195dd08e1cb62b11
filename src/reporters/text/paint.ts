type Brush = (text: string) => string;

/** The colours and weights of the text format; an instance of chalk is one. */
export interface Paint {
  bold: Brush;
  dim: Brush;
  red: Brush;
  yellow: Brush;
  blue: Brush;
}

const asItIs: Brush = (text) => text;

export const PLAIN: Paint = { bold: asItIs, dim: asItIs, red: asItIs, yellow: asItIs, blue: asItIs };
