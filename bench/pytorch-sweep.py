"""A sweep in PyTorch under Optuna or Ray Tune: what `npm run bench sweep` compares with.
usage: python pytorch-sweep.py optuna|ray JOB.json OUT.json
The job names cells with all their settings, two files of drawn pictures, and how many cells run at once, one thread each. Each cell
trains conv_small with Adam on class-balanced batches (random resized crop, flip) and measures R@1 of the test classes before and
after. Nothing is saved: a cell that is killed begins anew."""
import json, math, subprocess, sys, time
import numpy
import torch
import torch.nn as nn
import torch.nn.functional as F

loaded = {}


def pictures(job, part):
    """uint8 [images, 3, side, side] and labels; read once a process."""
    if part not in loaded:
        labels = torch.tensor(job[part]["labels"])
        raw = numpy.fromfile(job[part]["file"], numpy.uint8).reshape(len(labels), job["side"], job["side"], 3)
        loaded[part] = torch.from_numpy(raw).permute(0, 3, 1, 2).contiguous(), labels
    return loaded[part]


class ConvSmall(nn.Module):
    def __init__(self, dim):
        super().__init__()
        layers, inputs = [], 3
        for size, channels, stride in ((5, 16, 2), (3, 32, 2), (3, 64, 2), (3, 96, 1)):
            layers += [nn.Conv2d(inputs, channels, size, stride, size // 2), nn.ReLU(inplace=True)]
            inputs = channels
        self.features = nn.Sequential(*layers).to(memory_format=torch.channels_last)
        self.bn, self.fc = nn.BatchNorm1d(inputs), nn.Linear(inputs, dim)

    def forward(self, pixels):
        x = pixels.float()
        mean, variance = x.mean((2, 3), keepdim=True), x.var((2, 3), keepdim=True, unbiased=False)
        x = ((x - mean) / (variance + 100).sqrt()).contiguous(memory_format=torch.channels_last)
        return self.fc(self.bn(self.features(x).mean((2, 3))))


def cropped(images, size, generator):
    """Random resized crop (area 0.16 to 1, aspect 3/4 to 4/3) and flip of each picture."""
    side, out = images.shape[-1], []
    for image in images:
        for _ in range(10):
            area = side * side * (0.16 + 0.84 * generator.random())
            aspect = math.exp(generator.uniform(math.log(3 / 4), math.log(4 / 3)))
            width, height = round(math.sqrt(area * aspect)), round(math.sqrt(area / aspect))
            if 0 < width <= side and 0 < height <= side:
                break
        else:
            width = height = side
        top, left = generator.integers(side - height + 1), generator.integers(side - width + 1)
        crop = image[None, :, top : top + height, left : left + width].float()
        crop = F.interpolate(crop, (size, size), mode="bilinear", antialias=True, align_corners=False)
        out.append(crop.flip(-1) if generator.random() < 0.5 else crop)
    return torch.cat(out).round_()


def metric_loss(cell, x, labels):
    unit = F.normalize(x)
    cosines = unit @ unit.t()
    same = labels[:, None] == labels[None, :]
    eye = torch.eye(len(x), dtype=torch.bool)
    positive, negative = same & ~eye, ~same
    rows, name = len(x), cell["loss"]
    if name == "n-npair":
        first = torch.arange(0, rows, cell["instances"])
        logits = cell["scale"] ** 2 * (unit[first] @ unit[first + 1].t())
        return F.cross_entropy(logits, torch.arange(len(first)))
    if name == "ms":
        with torch.no_grad():
            hardest_negative = cosines.masked_fill(~negative, -2).max(1, keepdim=True).values
            positive = positive & (cosines < 1 - 1e-5)
            hardest_positive = cosines.masked_fill(~positive, 2).min(1, keepdim=True).values
            positive = positive & (cosines - cell["margin"] < hardest_negative)
            negative = negative & (cosines + cell["margin"] > hardest_positive)
            kept = positive.any(1) & negative.any(1)
        soft = lambda mask, slope: torch.log1p((torch.exp(slope * (cosines - cell["base"])) * mask).sum(1)) / abs(slope)
        return ((soft(positive, -cell["alpha"]) + soft(negative, cell["beta"])) * kept).mean()
    distances = (2 - 2 * cosines).clamp(min=1e-12)
    pairs = distances[positive].view(rows, -1)
    if name == "triplet":
        others = distances[negative].view(rows, 1, -1)
        return F.relu(cell["margin"] + pairs[:, :, None] - others).mean()
    with torch.no_grad():
        outside = negative[:, None, :] & (distances[:, None, :] > pairs[:, :, None])
        nearest = distances[:, None, :].masked_fill(~outside, 1e6).argmin(2)
        farthest = distances.masked_fill(~negative, -1e6).argmax(1, keepdim=True)
        mined = torch.where(outside.any(2), nearest, farthest)
    return F.relu(cell["margin"] + pairs - distances.gather(1, mined)).mean()


@torch.no_grad()
def recall_at_1(model, job, cell):
    model.eval()
    images, labels = pictures(job, "test")
    edge = round((job["side"] - cell["image_size"]) / 2)
    images = images[:, :, edge : edge + cell["image_size"], edge : edge + cell["image_size"]]
    unit = F.normalize(torch.cat([model(batch) for batch in images.split(cell["batch_size"])]))
    nearest = (unit @ unit.t()).fill_diagonal_(-2).argmax(1)
    model.train()
    return (labels[nearest] == labels).float().mean().item()


def train(job, cell):
    torch.set_num_threads(1)
    torch.manual_seed(cell["seed"])
    generator = numpy.random.default_rng(cell["seed"])
    images, labels = pictures(job, "train")
    classes = [torch.nonzero(labels == label)[:, 0].numpy() for label in labels.unique()]
    model = ConvSmall(cell["embedding_dim"])
    optimizer = torch.optim.Adam(model.parameters(), lr=cell["lr"], weight_decay=cell["weight_decay"])
    recall_at_1(model, job, cell)
    record = None
    per_class, per_batch = cell["instances"], cell["batch_size"] // cell["instances"]
    for step in range(cell["steps"] + 1):
        chosen = generator.permutation(len(classes) * math.ceil(per_batch / len(classes)))[:per_batch] % len(classes)
        rows = numpy.concatenate([generator.choice(classes[index], per_class, replace=False) for index in chosen])
        x = model(cropped(images[rows], cell["image_size"], generator))
        loss = metric_loss(cell, x, torch.arange(per_batch).repeat_interleave(per_class))
        if cell["sec_wei"] != 0:
            norms = x.norm(dim=1)
            now = norms.mean().detach()
            record = now if record is None else (1 - cell["norm_momentum"]) * record + cell["norm_momentum"] * now
            loss = loss + cell["sec_wei"] * (norms - record).square().mean()
        optimizer.zero_grad(set_to_none=True)
        loss.backward()
        optimizer.step()
    return recall_at_1(model, job, cell)


def open_study(out):
    import optuna
    from optuna.storages.journal import JournalFileBackend

    optuna.logging.set_verbosity(optuna.logging.WARNING)
    storage = optuna.storages.JournalStorage(JournalFileBackend(out + ".journal"))
    sampler = optuna.samplers.RandomSampler()
    return optuna.create_study(study_name="sweep", storage=storage, sampler=sampler, direction="maximize", load_if_exists=True)


def optuna_worker(job, out, number):
    """Takes what waits in the study, as its other workers do."""
    cells, workers = len(job["cells"]), job["workers"]
    objective = lambda trial: train(job, job["cells"][trial.suggest_int("cell", 0, cells - 1)])
    open_study(out).optimize(objective, n_trials=len(range(number, cells, workers)))


def optuna_sweep(job, job_file, out):
    study = open_study(out)
    began = time.perf_counter()
    for cell in range(len(job["cells"])):
        study.enqueue_trial({"cell": cell})
    command = [sys.executable, __file__, "optuna-worker", job_file, out]
    workers = [subprocess.Popen(command + [str(number)]) for number in range(job["workers"])]
    if any([worker.wait() != 0 for worker in workers]):
        raise SystemExit("a worker of the study failed")
    return began, [trial.value for trial in study.get_trials() if trial.value is not None]


def ray_sweep(job, job_file, out):
    import ray
    from ray import tune

    ray.init(num_cpus=job["workers"], include_dashboard=False, log_to_driver=False)
    began = time.perf_counter()

    def trainable(config):
        return {"recall_at_1": train(job, job["cells"][config["cell"]])}

    space = {"cell": tune.grid_search(list(range(len(job["cells"]))))}
    limits = tune.TuneConfig(metric="recall_at_1", mode="max", max_concurrent_trials=job["workers"])
    tuner = tune.Tuner(tune.with_resources(trainable, {"cpu": 1}), param_space=space, tune_config=limits)
    results = tuner.fit()
    return began, [result.metrics["recall_at_1"] for result in results]


def main():
    started = time.perf_counter()
    who, job_file, out = sys.argv[1:4]
    with open(job_file) as file:
        job = json.load(file)
    if who == "optuna-worker":
        return optuna_worker(job, out, int(sys.argv[4]))
    began, recalls = {"optuna": optuna_sweep, "ray": ray_sweep}[who](job, job_file, out)
    ended = time.perf_counter()
    with open(out, "w") as file:
        json.dump({"start_s": began - started, "sweep_s": ended - began, "recalls": recalls}, file)


main()
