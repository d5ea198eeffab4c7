"""Optuna chooses, Spherelab trains: a search for lr and sec_wei by TPE, several trials at once.

    pip install optuna
    npm start                                    # in another terminal
    python examples/optuna_search.py --dataset shapes --loss triplet --trials 20

What chooses is recall at 1 on held-out training classes. The search can be stopped and started again with --sweep ID: trials
that have ended are told to Optuna first, and nothing is trained twice.
"""

import argparse
import json
import os
import urllib.error
import urllib.request

import optuna


def call(method, path, body=None):
    """One request to the server; a refusal ends the program with the reason that the server gives."""
    request = urllib.request.Request(os.environ.get("SPHERELAB_URL", "http://127.0.0.1:3000") + path, method=method)
    request.add_header("content-type", "application/json")
    if "SPHERELAB_KEY" in os.environ:
        request.add_header("authorization", "Bearer " + os.environ["SPHERELAB_KEY"])
    try:
        with urllib.request.urlopen(request, None if body is None else json.dumps(body).encode(), timeout=60) as answer:
            return json.load(answer)
    except urllib.error.HTTPError as refusal:
        raise SystemExit(f"{method} {path}: {refusal.read().decode()}") from None


space = {
    "lr": optuna.distributions.FloatDistribution(1e-4, 1e-2, log=True),
    "sec_wei": optuna.distributions.FloatDistribution(0.01, 2.0, log=True),
}


def main():
    parser = argparse.ArgumentParser(description="search for lr and sec_wei with Optuna")
    parser.add_argument("--dataset", default="shapes")
    parser.add_argument("--loss", default="triplet")
    parser.add_argument("--steps", type=int, default=60)
    parser.add_argument("--trials", type=int, default=20)
    parser.add_argument("--at-once", type=int, default=2, help="trials under way: as many as there are devices")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--sweep", help="go on with a search that was begun")
    options = parser.parse_args()

    base = {
        "dataset": options.dataset,
        "loss": options.loss,
        "steps": options.steps,
        "eval_every": options.steps,
        "protocol": "validation",
    }
    sweep = options.sweep or call("POST", "/sweeps", {"name": "Optuna", "strategy": "ask", "base": base})["id"]
    print(f"sweep {sweep}")

    optuna.logging.set_verbosity(optuna.logging.WARNING)
    begun = call("GET", f"/sweeps/{sweep}/experiments?limit=500")["items"]
    # A sampler of the same seed would propose what was trained already.
    sampler = optuna.samplers.TPESampler(seed=options.seed + len(begun))
    study = optuna.create_study(direction="maximize", sampler=sampler)
    for experiment in begun:
        if experiment["status"] == "succeeded":
            value = experiment["result"]["last"]["metrics"]["recall_at_1"]
            params = {name: experiment["config"][name] for name in space}
            study.add_trial(optuna.trial.create_trial(params=params, distributions=space, value=value))

    open_trials = {}
    while len(study.trials) < options.trials or open_trials:
        while len(open_trials) < options.at_once and len(study.trials) < options.trials:
            trial = study.ask(space)
            asked = call("POST", f"/sweeps/{sweep}/ask", {"cells": [trial.params]})
            open_trials[asked["items"][0]["experiment_id"]] = trial
        told = call("GET", f"/sweeps/{sweep}/tell?ids={','.join(open_trials)}&wait=20")
        for run in told["items"]:
            trial = open_trials.pop(run["experiment_id"])
            if run["metrics"] is None:
                study.tell(trial, state=optuna.trial.TrialState.FAIL)
                continue
            study.tell(trial, run["metrics"]["recall_at_1"])
            print(f"trial {trial.number}: {run['metrics']['recall_at_1']:.4f} with {trial.params}")

    print(f"best: {study.best_value:.4f} with {study.best_params}")


if __name__ == "__main__":
    main()
