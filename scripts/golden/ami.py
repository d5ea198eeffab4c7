"""Numbers of scikit-learn's adjusted_mutual_info_score, for test/golden/ami.

usage: python scripts/golden/ami.py OUT_FOLDER   (a Python that has scikit-learn; a minute, most of it for the size of SOP)
"""
import json
import pathlib
import sys

import numpy as np
import sklearn
from sklearn.metrics import adjusted_mutual_info_score

evaluation = pathlib.Path(__file__).parents[2] / "test" / "golden" / "evaluation"
manifest = json.loads((evaluation / "manifest.json").read_text())
data = (evaluation / "data.bin").read_bytes()


def ids(entry):
    return np.frombuffer(data, np.int32, entry["shape"][0], entry["offset"])


def score(labels, assignment):
    return float(adjusted_mutual_info_score(labels, assignment, average_method="arithmetic"))


SMALL = {
    "one cluster, one class": ([3, 3, 3], [7, 7, 7]),
    "one cluster": ([0, 0, 0, 0], [0, 0, 1, 1]),
    "one class": ([0, 1, 1, 2], [5, 5, 5, 5]),
    "all single": ([0, 1, 2, 3], [3, 2, 1, 0]),
    "all single, one class pair": ([0, 1, 2, 3], [0, 0, 1, 2]),
    "one row": ([4], [9]),
    "worse than chance": ([0, 1, 0, 1], [0, 0, 1, 1]),
}

# The size of SOP's test set. label(i) = i * 11316 // 60502; of 97 rows 60 lie in the cluster of their class.
rows = np.arange(60502, dtype=np.int64)
large_labels = rows * 11316 // 60502
square = rows * rows
large_assignment = (large_labels * 7 + np.where(square % 97 < 60, 0, square % 11316)) % 11316

result = {
    "made_with": f"scikit-learn {sklearn.__version__}, numpy {np.__version__}",
    "evaluation_assignments": {one["name"]: score(ids(one["labels"]), ids(one["assignment"])) for one in manifest["assignments"]},
    "evaluation_clustering": {one["name"]: score(ids(one["labels"]), ids(one["assignment"])) for one in manifest["clustering"]},
    "small": [
        {"name": name, "assignment": assignment, "labels": labels, "ami": score(labels, assignment)}
        for name, (assignment, labels) in SMALL.items()
    ],
    "size_of_sop": score(large_labels, large_assignment),
}
out = pathlib.Path(sys.argv[1])
out.mkdir(parents=True, exist_ok=True)
(out / "manifest.json").write_text(json.dumps(result, indent=1) + "\n")
