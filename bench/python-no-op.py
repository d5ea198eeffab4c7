"""Trials that do nothing under Optuna or Ray Tune: what `npm run bench no-op` compares with.
usage: python python-no-op.py optuna|ray journal|sqlite|none COUNT WORKERS ROUNDS OUT.json
Writes the seconds of each round. Optuna: WORKERS processes share one study and are up before the clock starts."""
import json, multiprocessing, sys, time


def open_study(storage, name):
    import optuna
    from optuna.storages.journal import JournalFileBackend

    optuna.logging.set_verbosity(optuna.logging.WARNING)
    kept = optuna.storages.JournalStorage(JournalFileBackend("journal")) if storage == "journal" else "sqlite:///study.db"
    return optuna.create_study(study_name=name, storage=kept, sampler=optuna.samplers.RandomSampler(), load_if_exists=True)


def nothing(trial):
    trial.suggest_int("seed", 0, 10_000)
    return 0.0


def optuna_worker(storage, shares, orders, ends):
    open_study(storage, "warm").optimize(nothing, n_trials=1)
    ends.put(None)
    while (name := orders.get()) is not None:
        open_study(storage, name).optimize(nothing, n_trials=shares)
        ends.put(None)


def optuna_rounds(storage, count, workers, rounds):
    open_study(storage, "warm")
    queues = multiprocessing.get_context("spawn")
    orders, ends = queues.Queue(), queues.Queue()
    shares = [len(range(number, count, workers)) for number in range(workers)]
    processes = [queues.Process(target=optuna_worker, args=(storage, share, orders, ends)) for share in shares]
    for process in processes:
        process.start()
    for _ in processes:
        ends.get()
    seconds = []
    for number in range(rounds):
        open_study(storage, f"round {number}")
        began = time.perf_counter()
        for _ in processes:
            orders.put(f"round {number}")
        for _ in processes:
            ends.get()
        seconds.append(time.perf_counter() - began)
    for _ in processes:
        orders.put(None)
    return seconds


def ray_rounds(count, workers, rounds):
    import ray
    from ray import tune

    ray.init(num_cpus=workers, include_dashboard=False, log_to_driver=False)
    space = {"seed": tune.grid_search(list(range(count)))}
    limits = tune.TuneConfig(metric="recall_at_1", mode="max", max_concurrent_trials=workers)
    seconds = []
    for _ in range(rounds):
        tuner = tune.Tuner(
            tune.with_resources(lambda config: {"recall_at_1": 0.0}, {"cpu": 1}), param_space=space, tune_config=limits
        )
        began = time.perf_counter()
        tuner.fit()
        seconds.append(time.perf_counter() - began)
    return seconds


def main():
    who, storage = sys.argv[1:3]
    count, workers, rounds = (int(value) for value in sys.argv[3:6])
    seconds = ray_rounds(count, workers, rounds) if who == "ray" else optuna_rounds(storage, count, workers, rounds)
    with open(sys.argv[6], "w") as file:
        json.dump(seconds, file)


if __name__ == "__main__":
    main()
