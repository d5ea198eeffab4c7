// A process that records one step and ends: recording takes the memory of an eager step, which a process that lives on
// would keep. usage: node record-step-process.js RECIPE.json OUT_FOLDER
import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { type FrozenRecipe, recordFrozenStages } from './frozen-graph.ts';
import { recordStep } from './record-step.ts';
import { type StepRecipe, stepOptionsOf } from './step-recipe.ts';

const [recipeFile, folder] = process.argv.slice(2) as [string, string];
const recipe = JSON.parse(readFileSync(recipeFile, 'utf8')) as StepRecipe | FrozenRecipe;
const graph = 'frozen' in recipe ? recordFrozenStages(recipe) : recordStep(stepOptionsOf(recipe), recipe.signature);
writeFileSync(path.join(folder, 'saved_model.pb'), graph);
