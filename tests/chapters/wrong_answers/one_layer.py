GRADIENT = "def logit_gradient(probabilities, labels):\n"
PROMISE = "def count_images_needed(rate, doubt=0.05):\n    return "


def report(**changed):
    """The code of a report that is right but for some of its entries."""
    entries = {
        "change": "30 training images instead of 300",
        "prediction": "higher",
        "unchanged_losses": [0.02, 0.03, 0.025],
        "changed_losses": [0.11, 0.13, 0.12],
        "defence": "Ten shapes of a kind leave most sizes unseen.",
    }
    return f"def report_experiment():\n    return {entries | changed!r}"


WRONG = {
    "one-layer-gradient": [
        (
            GRADIENT + "    gradient = probabilities.copy()\n"
            "    gradient[np.arange(len(labels)), labels] -= 1\n    return gradient",
            "the mean of the batch",
        ),
        (
            GRADIENT + "    return (probabilities - np.eye(probabilities.shape[1])[labels])"
            " / probabilities.size",
            "not over classes",
        ),
        (
            GRADIENT + "    return (np.eye(probabilities.shape[1])[labels] - probabilities)"
            " / len(labels)",
            "The sign is turned round",
        ),
        (
            GRADIENT + "    return np.eye(probabilities.shape[1])[labels] - probabilities",
            "The sign is turned round",
        ),
        (
            GRADIENT + "    gradient = probabilities.copy()\n"
            "    gradient[:, labels] -= 1\n    return gradient / len(labels)",
            "in every row",
        ),
        (GRADIENT + "    return probabilities / len(labels)", "1 must be subtracted"),
        (GRADIENT + "    return probabilities", "1 must be subtracted"),
        (
            GRADIENT + "    targets = np.eye(probabilities.shape[1])[labels]\n"
            "    return -targets / probabilities / len(labels)",
            "derivative by the probabilities",
        ),
        (
            GRADIENT + "    targets = np.eye(probabilities.shape[1])[labels]\n"
            "    return (probabilities - targets).mean(axis=0)",
            "do not add the rows up",
        ),
        (
            GRADIENT + "    probabilities[np.arange(len(labels)), labels] -= 1\n"
            "    return probabilities / len(labels)",
            "Work on a copy",
        ),
        (GRADIENT + "    return probabilities - labels", "do not fit together"),
    ],
    "one-layer-promise": [
        (PROMISE + "3 / rate", "the rule of three"),
        (PROMISE + "np.log(doubt) / np.log(1 - rate)", "round up to a whole number"),
        (PROMISE + "int(np.log(doubt) / np.log(1 - rate))", "One image too few"),
        (PROMISE + "int(np.log(doubt) / np.log(1 - rate)) + 2", "One image fewer"),
        (PROMISE + "-np.log(doubt) / rate", "takes -rate for ln(1 - rate)"),
        (PROMISE + "np.log(1 - rate) / np.log(doubt)", "upside down"),
        (PROMISE + "int(np.log(doubt) / np.log(rate)) + 1", "probability 1 - rate"),
        (PROMISE + "int(np.log(0.05) / np.log(1 - rate)) + 1", "use the argument `doubt`"),
        (PROMISE + "rate ** doubt", "take logarithms"),
    ],
    "one-layer-experiment": [
        ("def report_experiment():\n    return [0.02, 0.11]", "with all of its keys"),
        ("def report_experiment():\n    return {'change': 'a rate'}", "unchanged_losses"),
        (report(defence=None), "`defence` is still missing"),
        (report(changed_losses=None), "`changed_losses` is still missing"),
        (report(prediction="better"), "before you train"),
        (report(prediction=0.1), "before you train"),
        (report(change="rate"), "so that others can repeat it"),
        (report(defence="It is worse."), "a whole sentence"),
        (report(changed_losses=0.11), "a list of numbers"),
        (report(changed_losses=["a", "b", "c"]), "a list of numbers"),
        (report(unchanged_losses=[0.02, 0.03]), "you cannot tell the change from chance"),
        (report(changed_losses=[0.11, -0.13, 0.12]), "no mean cross-entropy"),
        (report(changed_losses=[0.11, "inf", 0.12]), "no mean cross-entropy"),
        (report(unchanged_losses=[0.02, 0.02, 0.02]), "a seed of its own"),
        (report(changed_losses=[0.11, 0.13, 0.12, 0.1]), "Pair the runs"),
        (report(changed_losses=[0.02, 0.03, 0.025]), "did your change reach the training"),
        (report(unchanged_losses=[1.4, 1.5, 1.6]), "worse than guessing"),
        ("report_experiment = {'change': 'a rate'}", "wants the function itself"),
    ],
}
