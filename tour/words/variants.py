"""Kanji that are one letter to whoever searches: old forms, and the variants of names.

A small choice of our own: what names of people, places and crafts are written with, and the old
forms of the letters for everyday use (当用漢字字体表, 1949). More are to be found in Unicode's
Unihan (kZVariant, kTraditionalVariant) and the Ministry of Justice's map (縮退マップ).
Letters of Unicode's compatibility blocks are folded by NFKC already.
"""

GROUPS = """
高髙 吉𠮷 長⻑镸 崎﨑嵜碕 浜濱濵 辺邊邉 斉齋齊斎 沢澤 広廣 国國囯 学學 桜櫻 蔵藏
恵惠 真眞 竜龍 滝瀧 島嶋嶌 富冨 会會 伝傳 仏佛 来來 児兒 両兩 剣劍剱劔 労勞 勲勳
区區 単單 厳嚴 団團 円圓 図圖 寿壽 壮壯 増增 実實 写寫 宝寶寳 専專 対對 峰峯 巌巖
庁廳 徳德 応應 懐懷 戸戶 戯戲 払拂 担擔 拠據 摂攝 教敎 数數 昼晝 暁曉 条條 栄榮
楽樂 様樣 横橫 検檢 権權 歩步 歴歷 帰歸 気氣 浄淨 渓溪 満滿 潜潛 渋澁 済濟 湾灣
焼燒 営營 炉爐 争爭 狭狹 独獨 献獻 産產 当當 礼禮 禅禪 稲稻 穂穗 並竝 糸絲 経經
緑綠 縄繩 絵繪 継繼 続續 繊纖 声聲 聴聽 台臺 与與 旧舊 荘莊 万萬 芸藝 薬藥 蛍螢
蚕蠶 衛衞 装裝 観觀 覚覺 触觸 訳譯 誉譽 読讀 変變 豊豐 予豫 売賣 賛贊 転轉 軽輕
辞辭 郷鄕 医醫 醸釀 釈釋 鉄鐵鐡銕 銭錢 鎮鎭 鉱鑛礦 関關 険險 隠隱 随隨 双雙 雑雜
霊靈 静靜 顕顯 余餘 駆驅 駅驛 験驗 体體 髪髮 闘鬪 鶏鷄 塩鹽 麦麥 黄黃 黒黑 歯齒
齢齡 亀龜 凛凜 桧檜 館舘 松柗 昇曻 柳栁 槙槇 遥遙 曽曾 渕淵渊 薮藪 蝋蠟 鴎鷗 麹麴
箪簞 祷禱 涛濤 壷壺 芦蘆 鹸鹼 醤醬 焔焰 繍繡 繋繫 鴬鶯 鈎鉤 籠篭 頬頰 剥剝 掴摑
噛嚙 撹攪 侭儘 砺礪 蝉蟬 靱靭 画畫畵 鼓皷 窯窰 研硏 刃刄 糊餬 鋳鑄 鍛鍜 窓窗 磯礒
青靑 清淸 緒緖 灯燈
"""
"""Groups between blanks; a letter is the same as the first of its group."""


SAME_LETTER = {ord(other): group[0] for group in GROUPS.split() for other in group[1:]}
"""For `str.translate`."""
