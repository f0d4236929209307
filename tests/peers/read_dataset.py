# SPDX-License-Identifier: Apache-2.0
"""Reads a data set with webdataset, open_clip and geopandas and says what each found: read_dataset.py FOLDER

One JSON object on stdout. FOLDER must have been built with --files. All that is compared here is what a reader gives;
the caller compares it with what the data set says of itself.
"""
import json
import os
import sys
from types import SimpleNamespace

folder = sys.argv[1]
os.chdir(folder)
info = json.load(open("dataset.json"))
shards = [shard["name"] for shard in info["shards"]]
pairs = info["counts"]["pairs"]
found = {}


def by_webdataset():
    import webdataset as wds
    samples = []
    for sample in wds.WebDataset(shards, shardshuffle=False).decode("pil"):
        meta = sample["json"]
        assert sample["jpg"].size == (meta["width"], meta["height"]), sample["__key__"]
        samples.append([sample["__key__"], sample["txt"], sorted(k for k in sample if not k.startswith("__"))])
    return samples


def texts_of(batches):
    rows = []
    for images, texts in batches:
        assert tuple(images.shape[1:]) == (3, 224, 224), images.shape
        rows += [tuple(row) for row in texts.tolist()]
    return rows


def open_clip_tools():
    import open_clip
    tokenizer = open_clip.get_tokenizer("ViT-B-32")
    return open_clip.image_transform(224, is_train=False), tokenizer


def arguments(batch_size, **more):
    return SimpleNamespace(train_num_samples=pairs, val_num_samples=pairs, batch_size=batch_size, workers=1, world_size=1,
                           seed=0, dataset_resampled=False, train_data_upsampling_factors=None, distributed=False,
                           **more)


def captions():
    import csv
    return [row["title"] for row in csv.DictReader(open("pairs.csv", newline=""))]


def by_open_clip(is_train):
    """How many pictures came, and whether the tokens are those of the captions, each as often.

    In training the last batch of a round is dropped where it is not full: batches of one lose nothing.
    """
    from open_clip_train.data import get_wds_dataset
    preprocess, tokenizer = open_clip_tools()
    urls = "::".join(shards)
    data = get_wds_dataset(arguments(1 if is_train else 16, train_data=urls, val_data=urls), preprocess, is_train,
                           tokenizer=tokenizer)
    rows = texts_of(data.dataloader)
    wanted = [tuple(row) for row in tokenizer(captions()).tolist()]
    return {"pictures": len(rows), "same": sorted(rows) == sorted(wanted)}


def by_csv_dataset():
    from open_clip_train.data import CsvDataset
    preprocess, tokenizer = open_clip_tools()
    data = CsvDataset("pictures.tsv", preprocess, img_key="filepath", caption_key="title", sep="\t",
                      tokenizer=tokenizer)
    rows = [(tuple(image.shape), tuple(text.tolist())) for image, text in data]
    wanted = [tuple(row) for row in tokenizer(captions()).tolist()]
    return {"pictures": len(rows), "shapes": sorted({shape for shape, _ in rows}),
            "same": [text for _, text in rows] == wanted}


def by_geopandas():
    import geopandas
    table = geopandas.read_file("pairs.gpkg", layer="pairs")
    of_pairs = table[table.status == "pair"]
    return {"rows": len(table), "crs": str(table.crs), "keys": list(of_pairs.key),
            "kinds": sorted(set(of_pairs.geom_type)), "bounds": [float(v) for v in of_pairs.total_bounds]}


found["webdataset"] = by_webdataset()
found["open_clip"] = by_open_clip(is_train=False)
found["open_clip_train"] = by_open_clip(is_train=True)
found["csv"] = by_csv_dataset()
found["geopandas"] = by_geopandas()
json.dump(found, sys.stdout)
