#!/usr/bin/python3
"""What scikit-learn and PyTorch make of the features that encodergym's heads are compared on, as JSON.

    /usr/bin/python3 reference.py FEATURES.safetensors DECAY K TEMPERATURE

FEATURES has bank [N, D], bank_labels [N], queries [M, D], query_labels [M] and, of some predictor, scores [M, C].
Needs sklearn and torch; reads safetensors by itself.
"""
import json, os, struct, sys, warnings
import numpy as np
import torch
from sklearn import metrics
from sklearn.linear_model import LogisticRegression
from sklearn.neighbors import KNeighborsClassifier

warnings.filterwarnings("ignore")


def read_safetensors(path):
    types = {"F32": np.float32, "I32": np.int32}
    data = open(path, "rb").read()
    (length,) = struct.unpack("<Q", data[:8])
    header = json.loads(data[8 : 8 + length])
    header.pop("__metadata__", None)
    body = data[8 + length :]
    return {
        name: np.frombuffer(body[e["data_offsets"][0] : e["data_offsets"][1]], types[e["dtype"]]).reshape(e["shape"])
        for name, e in header.items()
    }


def linear(x, y, queries, truth, decay):
    mean, deviation = x.mean(0), x.std(0)
    model = LogisticRegression(C=1 / (len(x) * decay), max_iter=5000, tol=1e-6)
    model.fit((x - mean) / deviation, y)
    probabilities = model.predict_proba((queries - mean) / deviation)
    return {"accuracy": float((probabilities.argmax(1) == truth).mean()), "probabilities": probabilities.tolist()}


def knn_sklearn(x, y, queries, truth, k, temperature):
    unit = lambda rows: rows / np.linalg.norm(rows, axis=1, keepdims=True)
    # Unit vectors: |a - b|^2 = 2 - 2 cos.
    weights = lambda distances: np.exp((1 - distances**2 / 2 - 1) / temperature)
    model = KNeighborsClassifier(k, weights=weights, algorithm="brute").fit(unit(x), y)
    return float((model.predict(unit(queries)) == truth).mean())


def knn_torch(x, y, queries, truth, k, temperature):
    unit = lambda rows: torch.nn.functional.normalize(torch.tensor(rows), dim=1)
    cosines, nearest = (unit(queries) @ unit(x).T).topk(k)
    votes = torch.zeros(len(queries), int(y.max()) + 1)
    votes.scatter_add_(1, torch.tensor(y).long()[nearest], torch.exp(cosines / temperature))
    return float((votes.argmax(1).numpy() == truth).mean())


if __name__ == "__main__":
    path, decay, k, temperature = sys.argv[1], float(sys.argv[2]), int(sys.argv[3]), float(sys.argv[4])
    t = read_safetensors(path)
    x, y, queries, truth, scores = (t[n] for n in ["bank", "bank_labels", "queries", "query_labels", "scores"])
    predicted = scores.argmax(1)
    classes = range(scores.shape[1])
    precision, recall, f1, _ = metrics.precision_recall_fscore_support(truth, predicted, labels=classes, zero_division=0)
    print(
        json.dumps(
            {
                "linear": linear(x, y, queries, truth, decay),
                "knn": knn_sklearn(x, y, queries, truth, k, temperature),
                "knn_torch": knn_torch(x, y, queries, truth, k, temperature),
                "metrics": {
                    "accuracy": metrics.accuracy_score(truth, predicted),
                    "balancedAccuracy": metrics.balanced_accuracy_score(truth, predicted),
                    "top5": metrics.top_k_accuracy_score(truth, scores, k=5, labels=classes),
                    "negativeLogLikelihood": metrics.log_loss(truth, scores.astype(np.float64), labels=classes),
                    "confusion": metrics.confusion_matrix(truth, predicted, labels=classes).tolist(),
                },
                "precision": precision.tolist(),
                "recall": recall.tolist(),
                "f1": f1.tolist(),
            }
        )
    )
