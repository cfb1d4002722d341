"""Words that ask for the same thing, in the trades and wishes of such days: our own small list.

A word of a line finds every other word of that line. Readings and letters need no line: the folding
and the vocabulary know them; here stands what only people know.
"""

from tour.words.folding import fold

LINES = """
硝子 ガラス グラス glass
鼈甲 べっ甲 べっこう tortoiseshell
組紐 組み紐 組ひも くみひも braid
木版画 木版 浮世絵 版画 woodblock ukiyo-e
切子 カットグラス 江戸切子 cutglass
蜻蛉玉 とんぼ玉 ビーズ beads
箪笥 家具 指物 木工 joinery woodwork furniture
鍛金 銅器 彫金 金工 metalwork
友禅 着物 和服 kimono yuzen
染物 染色 染め dyeing
表具 表装 掛け軸 掛軸 屏風 scroll
凧 たこ揚げ kite
人形 ひとがた doll
提灯 ちょうちん ランタン lantern
畳 たたみ tatami
木彫 木彫り 彫刻 carving
印刷 プリント printing
活版 letterpress
製本 本づくり bookbinding
紙箱 箱 box
金属 プレス 板金 metal
歯車 ギア ギヤ gear
ばね スプリング spring
樹脂 プラスチック plastic
レンズ 光学 lens
管楽器 楽器 木管 クラリネット instrument
縫製 ミシン 裁縫 sewing
革 皮革 レザー 革細工 leather
靴 シューズ 革靴 shoes
鞄 かばん バッグ bag
刷毛 ブラシ brush
看板 サイン signboard
刃物 包丁 ナイフ knife
義足 義肢 義手 prosthetics
豆腐 とうふ tofu
餡 あん あんこ 小豆 和菓子 beanpaste
麹 糀 こうじ koji
味噌 みそ miso
麺麭 パン ベーカリー bread bakery
電子工作 電気 はんだ プログラミング electronics
酒 日本酒 醸造 sake brewery
切手 郵便 stamp
お札 紙幣 banknote
博物館 資料館 史料館 記念館 ミュージアム museum
公園 パーク park
庭園 庭 garden
神社 お宮 shrine
図書館 ライブラリー library
体育館 スポーツ ジム gymnasium
商店街 買い物 ショッピング shopping
工場 町工場 ファクトリー factory
教室 学校 レッスン classroom school
車いす 車椅子 バリアフリー wheelchair
段差なし フラット step-free
エレベーター 昇降機 elevator lift
ベビーカー 乳母車 バギー stroller pram
授乳室 授乳 赤ちゃん nursing baby
オストメイト ostomate
盲導犬 介助犬 補助犬
点字 braille
駐車場 パーキング parking
雨 雨でも 雨天 雨の日 屋内 室内 rain rainy indoor indoors
無料 ただ タダ free
英語 イングリッシュ english 英会話
中国語 中文 汉语 chinese
韓国語 ハングル 한국어 korean
子ども 子供 小学生 親子 kids children family
"""


def _table() -> dict[str, tuple[str, ...]]:
    found: dict[str, list[str]] = {}
    for line in LINES.strip().splitlines():
        words = [fold(word) for word in line.split()]
        for word in words:
            found.setdefault(word, []).extend(other for other in words if other != word)
    return {word: tuple(dict.fromkeys(others)) for word, others in found.items()}


SAME_THING = _table()
"""By each folded word, the others."""
