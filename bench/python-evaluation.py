"""The peers in an evaluation race: one JSON line of what was measured. See evaluation-race.mjs for the arguments."""

import json
import resource
import sys
import time

import numpy as np

what, file, count, classes, dim, restarts = sys.argv[1], sys.argv[2], *map(int, sys.argv[3:7])
points = np.fromfile(file, dtype=np.float32).reshape(count, dim)
labels = np.arange(count) % classes


def faiss_search(nearest):
    """R@1 and the `nearest` rows of every query by inner product, the query's own among them."""
    import faiss

    index = faiss.IndexFlatIP(dim)
    index.add(points)
    rows = index.search(points, nearest)[1]
    without_self = np.where(rows[:, 0] == np.arange(count), rows[:, 1], rows[:, 0])
    return {"recall_at_1": float((labels[without_self] == labels).mean())}


def scikit_learn():
    from sklearn.cluster import KMeans

    fitted = KMeans(classes, n_init=restarts, random_state=0).fit(points)
    return {"inertia": float(fitted.inertia_), "iterations": int(fitted.n_iter_)}


def faiss_k_means():
    import faiss

    clustering = faiss.Kmeans(dim, classes, niter=20, nredo=restarts, seed=1, max_points_per_centroid=count)
    clustering.train(points)
    return {"inertia": float(clustering.index.search(points, 1)[0].astype(np.float64).sum()), "iterations": 20}


works = {"faiss": lambda: faiss_search(1001), "scikit-learn": scikit_learn, "faiss k-means": faiss_k_means}
if what == "faiss":
    import faiss  # noqa: F401 - what it takes to start is not timed, as with ours
elif what == "scikit-learn":
    import sklearn.cluster  # noqa: F401

cpu = time.process_time()
began = time.perf_counter()
result = works[what]()
seconds = time.perf_counter() - began
peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
print(json.dumps({"seconds": seconds, "cpu": time.process_time() - cpu, "peak_mb": peak, **result}))
